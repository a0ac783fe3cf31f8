package io.managedredis.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationCatalogTest {
  private static final Instant LATER = Samples.NOON.plusSeconds(60);

  @TempDir Path folder;
  private Path file;
  private Catalog catalog;
  private OperationCatalog operations;

  @BeforeEach
  void open() {
    file = folder.resolve("catalog.db");
    catalog = Catalog.open(file, Samples.RENDERING);
    operations = catalog.operations();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void anOperationComesBackAsItWasInserted() {
    OperationEntry entry = Samples.backupOf("c", "op", "key");

    assertThat(operations.insert(entry)).isEqualTo(new Insertion.Inserted());
    assertThat(operations.find("op")).contains(entry);
  }

  @Test
  void aSecondBackupOfTheSameClusterConflictsUntilTheFirstHasEnded() {
    OperationEntry first = Samples.backupOf("c", "op1", null);
    operations.insert(first);

    assertThat(operations.insert(Samples.backupOf("c", "op2", null)))
        .isEqualTo(new Insertion.Conflict(first));

    operations.finish("op1", null, Progress.NONE, LATER);
    assertThat(operations.insert(Samples.backupOf("c", "op3", null)))
        .isEqualTo(new Insertion.Inserted());
  }

  @Test
  void backupsOfDifferentClustersRunBesideEachOther() {
    operations.insert(Samples.backupOf("c1", "op1", null));

    assertThat(operations.insert(Samples.backupOf("c2", "op2", null)))
        .isEqualTo(new Insertion.Inserted());
  }

  @Test
  void aSecondDeletionOfTheSameBackupConflicts() {
    OperationEntry first = Samples.deletionOf("b", "op1");
    operations.insert(first);

    assertThat(operations.insert(Samples.deletionOf("b", "op2")))
        .isEqualTo(new Insertion.Conflict(first));
  }

  @Test
  void deletionsOfTwoBackupsOfAClusterAndABackupOfItRunBesideEachOther() {
    operations.insert(Samples.deletionOf("b1", "op1"));
    operations.insert(Samples.deletionOf("b2", "op2"));

    assertThat(operations.insert(Samples.backupOf("cluster", "op3", null)))
        .isEqualTo(new Insertion.Inserted());
  }

  @Test
  void theSameKeyOfTheSameCallerRepeatsEvenAfterTheEnd() {
    operations.insert(Samples.backupOf("c", "op1", "key"));
    operations.finish("op1", new Failure(14, "down"), new Progress(1, 0, 2), LATER);

    Insertion again = operations.insert(Samples.backupOf("c", "op2", "key"));

    assertThat(again)
        .isEqualTo(
            new Insertion.Repeated(
                Samples.backupOf("c", "op1", "key")
                    .ended(new Failure(14, "down"), new Progress(1, 0, 2), LATER)));
    assertThat(operations.find("op2")).isEmpty();
  }

  @Test
  void theSameKeyOfAnotherCallerIsAnotherKey() {
    operations.insert(Samples.backupOf("c1", "op1", "key"));

    OperationEntry other =
        Samples.operation(OperationKind.BACKUP_CLUSTER, "op2", "c2", "c2:2", "bob", "key");
    assertThat(operations.insert(other)).isEqualTo(new Insertion.Inserted());
  }

  @Test
  void aRepeatIsARepeatEvenWhileItsFirstRunWouldConflict() {
    OperationEntry first = Samples.backupOf("c", "op1", "key");
    operations.insert(first);

    assertThat(operations.insert(Samples.backupOf("c", "op2", "key")))
        .isEqualTo(new Insertion.Repeated(first));
  }

  @Test
  void anIdThatIsTakenIsAnError() {
    operations.insert(Samples.backupOf("c1", "op", null));

    assertThatThrownBy(() -> operations.insert(Samples.backupOf("c2", "op", null)))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("operation op");
  }

  @Test
  void ofManyThreadsInTwoProcessesOneWinsEachCluster() throws Exception {
    // A second catalogue on the same file has connections of its own, as another process has.
    try (Catalog other = Catalog.open(file, Samples.RENDERING)) {
      List<Callable<Insertion>> attempts = new ArrayList<>();
      CyclicBarrier together = new CyclicBarrier(8);
      for (int thread = 0; thread < 8; thread++) {
        OperationCatalog mine = thread % 2 == 0 ? operations : other.operations();
        String name = "t" + thread;
        for (int round = 0; round < 10; round++) {
          String cluster = "c" + round;
          attempts.add(
              () -> {
                together.await(20, TimeUnit.SECONDS);
                return mine.insert(Samples.backupOf(cluster, cluster + name, null));
              });
        }
      }

      List<Insertion> outcomes = new ArrayList<>();
      for (int round = 0; round < 10; round++) {
        outcomes.addAll(runTogether(everyTenth(attempts, round)));
      }

      assertThat(outcomes).filteredOn(Insertion.Inserted.class::isInstance).hasSize(10);
      assertThat(outcomes).filteredOn(Insertion.Conflict.class::isInstance).hasSize(70);
      assertThat(operations.listUnfinished()).hasSize(10);
    }
  }

  @Test
  void writersInManyThreadsAndTwoProcessesQueueInsteadOfFailing() throws Exception {
    try (Catalog other = Catalog.open(file, Samples.RENDERING)) {
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        Catalog mine = thread % 2 == 0 ? catalog : other;
        String name = "t" + thread + "-";
        writers.add(
            () -> {
              boolean added = true;
              for (int i = 0; i < 40; i++) {
                added &= mine.backups().add(Samples.backup(name + i, Samples.NOON));
              }
              return added;
            });
      }

      assertThat(runTogether(writers)).containsOnly(true);
      assertThat(catalog.backups().idsAfter(null, 1000)).hasSize(320);
    }
  }

  @Test
  void progressIsRecordedUntilTheEnd() {
    operations.insert(Samples.backupOf("c", "op", null));

    assertThat(operations.progress("op", new Progress(5, 1, 3), LATER)).isTrue();
    assertThat(operations.find("op"))
        .contains(Samples.backupOf("c", "op", null).withProgress(new Progress(5, 1, 3), LATER));

    operations.finish("op", null, new Progress(9, 3, 3), LATER);
    assertThat(operations.progress("op", new Progress(6, 1, 3), LATER)).isFalse();
    assertThat(operations.find("op").orElseThrow().progress()).isEqualTo(new Progress(9, 3, 3));
  }

  @Test
  void onlyTheFirstEndCounts() {
    operations.insert(Samples.backupOf("c", "op", null));

    assertThat(operations.finish("op", new Failure(10, "stopped"), Progress.NONE, LATER)).isTrue();
    assertThat(operations.finish("op", null, Progress.NONE, LATER)).isFalse();
    assertThat(operations.find("op").orElseThrow().failure()).isEqualTo(new Failure(10, "stopped"));
  }

  @Test
  void anEndThatNobodyRecordedIsNoEnd() {
    assertThat(operations.finish("nothing", null, Progress.NONE, LATER)).isFalse();
  }

  @Test
  void aFailureMessageWithAnythingInItCanBeRecorded() {
    operations.insert(Samples.backupOf("c", "op", null));

    operations.finish("op", new Failure(13, "a\0b\n'\"\u001b"), Progress.NONE, LATER);

    assertThat(operations.find("op").orElseThrow().failure())
        .isEqualTo(new Failure(13, "a\uFFFDb\n'\"\u001b"));
  }

  @Test
  void unfinishedOperationsAreListedOldestFirst() {
    operations.insert(at("young", 3));
    operations.insert(at("old", 1));
    operations.insert(at("ended", 2));
    operations.finish("ended", null, Progress.NONE, LATER);

    assertThat(operations.listUnfinished()).map(OperationEntry::id).containsExactly("old", "young");
  }

  @Test
  void theOperationsOfAClusterAreListedNewestFirstPageByPage() {
    operations.insert(at("a", 1));
    operations.insert(at("c", 2));
    operations.insert(at("b", 2));
    operations.insert(at("d", 3));
    operations.insert(Samples.backupOf("another", "e", null));

    List<OperationEntry> first = operations.listByCluster("cluster", null, 2);
    OperationEntry last = first.get(1);
    List<OperationEntry> second =
        operations.listByCluster("cluster", new Position(last.createdAt(), last.id()), 2);

    assertThat(first).map(OperationEntry::id).containsExactly("d", "b");
    assertThat(second).map(OperationEntry::id).containsExactly("c", "a");
  }

  private static OperationEntry at(String id, int second) {
    OperationEntry some = Samples.deletionOf("backup of " + id, id);
    Instant at = Samples.NOON.plusSeconds(second);
    return new OperationEntry(
        id,
        some.kind(),
        some.clusterId(),
        some.folderId(),
        some.backupId(),
        some.description(),
        some.createdBy(),
        at,
        at,
        false,
        null,
        Progress.NONE,
        null);
  }

  private static <T> List<T> everyTenth(List<T> all, int first) {
    List<T> some = new ArrayList<>();
    for (int i = first; i < all.size(); i += 10) {
      some.add(all.get(i));
    }
    return some;
  }

  private static <T> List<T> runTogether(List<Callable<T>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<T> outcomes = new ArrayList<>();
      for (Future<T> outcome : threads.invokeAll(work, 60, TimeUnit.SECONDS)) {
        outcomes.add(outcome.get());
      }
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }
}
