package io.managedredis.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.managedredis.catalog.Catalog;
import io.managedredis.catalog.CatalogException;
import io.managedredis.catalog.Failure;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Position;
import io.managedredis.catalog.Progress;
import io.managedredis.http.BackupJson;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsTest {
  private static final ScriptedHandler.Work NOTHING = (progress, stop) -> {};

  @TempDir Path folder;
  private Path file;
  private Catalog catalog;
  private ScriptedHandler taking;
  private ScriptedHandler deleting;
  private Operations operations;

  @BeforeEach
  void open() {
    file = folder.resolve("catalog.db");
    catalog = Catalog.open(file, new BackupJson());
    taking = new ScriptedHandler(false);
    deleting = new ScriptedHandler(true);
    operations = operations(2, Duration.ofMillis(10));
  }

  @AfterEach
  void close() {
    operations.close(Duration.ofSeconds(5));
    catalog.close();
  }

  private Operations operations(int parallel, Duration firstPause) {
    return new Operations(
        catalog.operations(),
        Map.of(OperationKind.BACKUP_CLUSTER, taking, OperationKind.DELETE_BACKUP, deleting),
        parallel,
        firstPause);
  }

  @Test
  void anOperationIsInTheCatalogueBeforeItsStartIsAnswered() {
    OperationEntry started = started(backupOf("c", "key"));

    assertThat(catalog.operations().find(started.id())).contains(started);
    assertThat(started.id()).matches("[a-z2-7]{20}");
    assertThat(started.createdAt()).isEqualTo(started.createdAt().truncatedTo(ChronoUnit.MICROS));
    assertThat(started.done()).isFalse();
  }

  @Test
  void whatReturnsHasSucceeded() {
    taking.next((progress, stop) -> progress.update(new Progress(70, 3, 3)));

    OperationEntry ended = ended(started(backupOf("c", null)).id());

    assertThat(ended.failure()).isNull();
    assertThat(ended.progress()).isEqualTo(new Progress(70, 3, 3));
    assertThat(catalog.operations().find(ended.id())).contains(ended);
  }

  @Test
  void aFailureKeepsItsCodeAndMessage() {
    taking.next(
        (progress, stop) -> {
          throw new OperationFailedException(StatusCode.UNAVAILABLE, "127.0.0.1:1 is down");
        });

    assertThat(ended(started(backupOf("c", null)).id()).failure())
        .isEqualTo(new Failure(14, "127.0.0.1:1 is down"));
  }

  @Test
  void anUnexpectedExceptionIsToldByAnIdAlone() {
    taking.next(
        (progress, stop) -> {
          throw new IllegalStateException("secret of io.managedredis.Foo");
        });

    Failure failure = failure(ended(started(backupOf("c", null)).id()));

    assertThat(failure.code()).isEqualTo(13);
    assertThat(failure.message())
        .matches(
            "internal error; the operator finds it in the server's log by the id [a-z2-7]{20}");
  }

  @Test
  void anErrorOfTheVirtualMachineEndsTheOperationToo() {
    taking.next(
        (progress, stop) -> {
          throw new StackOverflowError();
        });

    assertThat(failure(ended(started(backupOf("c", null)).id())).code()).isEqualTo(13);
  }

  @Test
  void aSecondBackupOfAClusterConflictsWithTheRunningOne() {
    OperationEntry first = started(backupOf("c", null));

    assertThat(operations.start(backupOf("c", null))).isEqualTo(new StartResult.Conflict(first));
  }

  @Test
  void theSameKeyForTheSameRepeats() {
    OperationEntry first = started(backupOf("c", "key"));
    taking.next(NOTHING);
    OperationEntry ended = ended(first.id());

    NewOperation again =
        new NewOperation(
            OperationKind.BACKUP_CLUSTER, "c", "folder", "c:another id", "", "ann", "key");
    assertThat(operations.start(again)).isEqualTo(new StartResult.Repeated(ended));
  }

  @Test
  void theSameKeyForAnotherClusterIsReuse() {
    OperationEntry first = started(backupOf("c1", "key"));

    assertThat(operations.start(backupOf("c2", "key"))).isEqualTo(new StartResult.KeyReused(first));
  }

  @Test
  void theSameKeyForAnotherBackupToDeleteIsReuse() {
    OperationEntry first = started(deletionOf("b1", "key"));

    assertThat(operations.start(deletionOf("b2", "key")))
        .isEqualTo(new StartResult.KeyReused(first));
    assertThat(operations.start(deletionOf("b1", "key")))
        .isEqualTo(new StartResult.Repeated(first));
  }

  @Test
  void theSameKeyForAnotherKindIsReuse() {
    OperationEntry first = started(backupOf("c", "key"));

    assertThat(operations.start(deletionOf("b1", "key")))
        .isEqualTo(new StartResult.KeyReused(first));
  }

  @Test
  void ofManyStartsAtOnceOneWins() throws Exception {
    List<Callable<StartResult>> starts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      starts.add(() -> operations.start(backupOf("c", null)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<StartResult> results = new ArrayList<>();
      for (Future<StartResult> result : threads.invokeAll(starts, 30, TimeUnit.SECONDS)) {
        results.add(result.get());
      }
      assertThat(results).filteredOn(StartResult.Started.class::isInstance).hasSize(1);
      assertThat(results).filteredOn(StartResult.Conflict.class::isInstance).hasSize(15);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noMoreRunAtOnceThanThereAreThreads() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch twoRun = new CountDownLatch(2);
    for (int i = 0; i < 6; i++) {
      taking.next(
          (progress, stop) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            twoRun.countDown();
            assertThat(twoRun.await(10, TimeUnit.SECONDS)).isTrue();
            now.decrementAndGet();
          });
    }

    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(started(backupOf("c" + i, null)).id());
    }

    ids.forEach(this::ended);
    assertThat(most).hasValue(2);
  }

  @Test
  void whatFindsNoRoomToWaitIsRefusedAndNotRecorded() {
    for (int i = 0; i < 2 + Operations.MOST_WAITING; i++) {
      started(deletionOf("b" + i, "key" + i));
    }

    assertThat(operations.start(deletionOf("one more", null)))
        .isInstanceOf(StartResult.Overloaded.class);
    assertThat(catalog.operations().listUnfinished())
        .hasSize(2 + Operations.MOST_WAITING)
        .noneMatch(entry -> entry.backupId().equals("one more"));
    // A repeat needs no room.
    assertThat(operations.start(deletionOf("b0", "key0"))).isInstanceOf(StartResult.Repeated.class);

    deleting.next(NOTHING);
    await()
        .untilAsserted(
            () ->
                assertThat(operations.start(deletionOf("one more", "last")))
                    .isNotInstanceOf(StartResult.Overloaded.class));
  }

  @Test
  void theNewestProgressIsToldAtOnceAndRecordedWithinSeconds() throws Exception {
    CountDownLatch updated = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    taking.next(
        (progress, stop) -> {
          for (int i = 1; i <= 100_000; i++) {
            progress.update(new Progress(i, 0, 2));
          }
          updated.countDown();
          assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
        });
    String id = started(backupOf("c", null)).id();
    assertThat(updated.await(10, TimeUnit.SECONDS)).isTrue();

    OperationEntry found = operations.find(id).orElseThrow();
    assertThat(found.progress()).isEqualTo(new Progress(100_000, 0, 2));
    assertThat(operations.list("c", null, 10)).containsExactly(found);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(catalog.operations().find(id)).contains(found));
    goOn.countDown();
    ended(id);
  }

  @Test
  void operationsAreListedNewestFirstPageByPage() {
    String first = started(deletionOf("b1", null)).id();
    await().until(() -> Instant.now().isAfter(createdAt(first).plusMillis(1)));
    OperationEntry second = started(deletionOf("b2", null));

    assertThat(operations.list("c", null, 1)).map(OperationEntry::id).containsExactly(second.id());
    assertThat(operations.list("c", new Position(second.createdAt(), second.id()), 1))
        .map(OperationEntry::id)
        .containsExactly(first);
  }

  @Test
  void aBackupThatACrashCutOffEndsAsAborted() {
    OperationEntry left = leftByACrash(OperationKind.BACKUP_CLUSTER);

    operations.recover();

    OperationEntry ended = operations.find(left.id()).orElseThrow();
    assertThat(ended.done()).isTrue();
    assertThat(failure(ended).code()).isEqualTo(10);
    assertThat(failure(ended).message()).contains("nothing of it was kept", "start it again");
    assertThat(taking.runs).isEmpty();
    assertThat(operations.start(backupOf("c", null))).isInstanceOf(StartResult.Started.class);
  }

  @Test
  void aBackupThatWasCompleteWhenItsServerCrashedHasSucceeded() {
    OperationEntry left = leftByACrash(OperationKind.BACKUP_CLUSTER);
    taking.completed = true;

    operations.recover();

    assertThat(operations.find(left.id()).orElseThrow())
        .matches(OperationEntry::done)
        .matches(entry -> entry.failure() == null);
  }

  @Test
  void aDeletionThatACrashCutOffRunsAgain() {
    OperationEntry left = leftByACrash(OperationKind.DELETE_BACKUP);
    deleting.next(NOTHING);

    operations.recover();

    assertThat(ended(left.id()).failure()).isNull();
    assertThat(deleting.runs).containsExactly(left);
  }

  @Test
  void recoveryLeavesAloneWhatRunsAlready() {
    String id = started(backupOf("c", null)).id();

    operations.recover();

    taking.next(NOTHING);
    assertThat(ended(id).failure()).isNull();
  }

  @Test
  void aBackupThatStopsWhenItIsAskedToEndsAsAborted() {
    String id = started(backupOf("c", null)).id();
    await().until(() -> !taking.runs.isEmpty());

    operations.close(Duration.ofSeconds(10));

    OperationEntry ended = catalog.operations().find(id).orElseThrow();
    assertThat(failure(ended).code()).isEqualTo(10);
    assertThat(failure(ended).message()).contains("the server stopped");
  }

  @Test
  void aBackupThatCompletesWhileTheServerStopsHasSucceeded() throws Exception {
    CountDownLatch stopping = new CountDownLatch(1);
    taking.next(
        (progress, stop) -> {
          try (var unused = stop.onRequest(stopping::countDown)) {
            assertThat(stopping.await(10, TimeUnit.SECONDS)).isTrue();
          }
        });
    String id = started(backupOf("c", null)).id();
    await().until(() -> !taking.runs.isEmpty());

    operations.close(Duration.ofSeconds(10));

    assertThat(catalog.operations().find(id).orElseThrow())
        .matches(OperationEntry::done)
        .matches(entry -> entry.failure() == null);
  }

  @Test
  void aDeletionThatStopsWhenItIsAskedToIsLeftForTheNextStart() {
    String id = started(deletionOf("b", null)).id();
    await().until(() -> !deleting.runs.isEmpty());

    operations.close(Duration.ofSeconds(10));
    assertThat(catalog.operations().find(id).orElseThrow().done()).isFalse();

    operations = operations(1, Duration.ofMillis(10));
    deleting.next(NOTHING);
    operations.recover();
    assertThat(ended(id).failure()).isNull();
  }

  @Test
  void whatOnlyWaitedWhenTheServerStoppedNeverRuns() {
    started(deletionOf("b1", null));
    started(deletionOf("b2", null));
    await().until(() -> deleting.runs.size() == 2);
    String waiting = started(backupOf("c", null)).id();

    operations.close(Duration.ofSeconds(10));

    assertThat(taking.runs).isEmpty();
    assertThat(failure(catalog.operations().find(waiting).orElseThrow()).code()).isEqualTo(10);
  }

  @Test
  void closingDoesNotWaitForeverForWorkThatHearsNothing() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    taking.next(
        (progress, stop) -> {
          running.countDown();
          awaitDeaf(released);
        });
    String id = started(backupOf("c", null)).id();
    assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

    long before = System.nanoTime();
    operations.close(Duration.ofMillis(50));

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    assertThat(catalog.operations().listUnfinished()).map(OperationEntry::id).containsExactly(id);
    released.countDown();
  }

  @Test
  void nothingStartsOnceItIsClosed() {
    operations.close(Duration.ZERO);

    assertThat(operations.start(backupOf("c", null))).isInstanceOf(StartResult.ShuttingDown.class);
    assertThat(catalog.operations().listUnfinished()).isEmpty();
  }

  @Test
  void whatTheCatalogueCannotRecordIsNotStarted() {
    catalog.close();

    assertThatThrownBy(() -> operations.start(backupOf("c", null)))
        .isInstanceOf(CatalogException.class);
    assertThat(taking.runs).isEmpty();

    catalog = Catalog.open(file, new BackupJson());
  }

  @Test
  void anEndThatCannotBeRecordedIsToldAndMakesRoomForTheNext() throws Exception {
    String id = endsUnrecorded();

    assertThat(operations.start(backupOf("c", null))).isInstanceOf(StartResult.Started.class);

    OperationEntry recorded = catalog.operations().find(id).orElseThrow();
    assertThat(recorded.done()).isTrue();
    assertThat(recorded.progress()).isEqualTo(new Progress(8, 1, 1));
  }

  @Test
  void anEndThatCouldNotBeRecordedIsTriedAgainAtTheClose() throws Exception {
    String id = endsUnrecorded();

    operations.close(Duration.ofSeconds(5));

    assertThat(catalog.operations().find(id).orElseThrow().done()).isTrue();
  }

  @Test
  void aDeletionWhoseEndIsNotRecordedYetIsOver() throws Exception {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = other.createStatement()) {
      statement.execute(
          "CREATE TRIGGER refuse BEFORE UPDATE ON operation WHEN new.done = 1"
              + " BEGIN SELECT RAISE(ABORT, 'no room'); END");
      deleting.next(NOTHING);
      assertThat(ended(started(deletionOf("b", null)).id()).done()).isTrue();

      assertThat(operations.deletionOf("b")).isEmpty();
    }
  }

  /** An operation whose end every attempt failed to record, by a fault that is over now. */
  private String endsUnrecorded() throws Exception {
    operations.close(Duration.ZERO);
    operations = operations(1, Duration.ZERO);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = other.createStatement()) {
      // A trigger refuses what a full disk would refuse, at once and for as long as it is there.
      statement.execute(
          "CREATE TRIGGER refuse BEFORE UPDATE ON operation WHEN new.done = 1"
              + " BEGIN SELECT RAISE(ABORT, 'no room'); END");
      taking.next((progress, stop) -> progress.update(new Progress(8, 1, 1)));
      String id = started(backupOf("c", null)).id();
      OperationEntry told = ended(id);
      assertThat(told.failure()).isNull();
      assertThat(told.progress()).isEqualTo(new Progress(8, 1, 1));
      // There is one thread: when it runs the next one, it has given up on this one.
      started(deletionOf("b", null));
      await().until(() -> !deleting.runs.isEmpty());
      assertThat(catalog.operations().find(id).orElseThrow().done()).isFalse();
      statement.execute("DROP TRIGGER refuse");
      return id;
    }
  }

  @Test
  void anEndIsRecordedAsSoonAsAPassingFaultIsOver() throws Exception {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = other.createStatement()) {
      statement.execute(
          "CREATE TRIGGER refuse BEFORE UPDATE ON operation WHEN new.done = 1"
              + " BEGIN SELECT RAISE(ABORT, 'no room'); END");
      taking.next(NOTHING);
      String id = started(backupOf("c", null)).id();
      assertThat(ended(id).done()).isTrue();
      statement.execute("DROP TRIGGER refuse");

      await().until(() -> catalog.operations().find(id).orElseThrow().done());
    }
  }

  /** Work that even an interrupt doesn't move. */
  private static void awaitDeaf(CountDownLatch latch) {
    boolean over = false;
    while (!over) {
      try {
        over = latch.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        over = latch.getCount() == 0;
      }
    }
  }

  private OperationEntry leftByACrash(OperationKind kind) {
    Instant before = Instant.parse("2026-11-22T12:00:00Z");
    OperationEntry left =
        new OperationEntry(
            "leftbyacrash22222222",
            kind,
            "c",
            "folder",
            "c:b",
            "",
            "ann",
            before,
            before,
            false,
            null,
            new Progress(5, 0, 1),
            null);
    catalog.operations().insert(left);
    return left;
  }

  private static NewOperation backupOf(String cluster, @Nullable String key) {
    return new NewOperation(
        OperationKind.BACKUP_CLUSTER, cluster, "folder", cluster + ":1", "", "ann", key);
  }

  private static NewOperation deletionOf(String backup, @Nullable String key) {
    return new NewOperation(OperationKind.DELETE_BACKUP, "c", "folder", backup, "", "ann", key);
  }

  private OperationEntry started(NewOperation wanted) {
    StartResult result = operations.start(wanted);
    assertThat(result).isInstanceOf(StartResult.Started.class);
    return ((StartResult.Started) result).entry();
  }

  private Instant createdAt(String id) {
    return operations.find(id).orElseThrow().createdAt();
  }

  private OperationEntry ended(String id) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> operations.find(id).orElseThrow(), OperationEntry::done);
  }

  private static Failure failure(OperationEntry entry) {
    return Objects.requireNonNull(entry.failure());
  }
}
