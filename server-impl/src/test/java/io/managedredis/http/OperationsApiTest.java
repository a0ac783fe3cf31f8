package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.catalog.Catalog;
import io.managedredis.client.ApiException;
import io.managedredis.client.model.Backup;
import io.managedredis.client.model.ListClusterOperationsResponse;
import io.managedredis.client.model.Operation;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations: repeated, excluding each other, cut off by the end of the server, and listed. */
class OperationsApiTest {

  private static final String FOLDER = "b1goperations";
  private static final String CLUSTER = "c9qoperations0000001";
  private static final String OTHER_CLUSTER = "c9qoperations0000002";

  /** More than a node says of itself, less than the snapshot of our keys. */
  private static final long WITHIN_THE_SNAPSHOT = 400_000;

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final FaultProxy proxy = FaultProxy.to(redis);
  private final RunningService service;

  OperationsApiTest(@TempDir Path folder) {
    redis.fill(100, 10_000);
    service =
        RunningService.in(folder)
            .cluster(CLUSTER, FOLDER, proxy.address())
            .cluster(OTHER_CLUSTER, FOLDER, redis.address())
            .start();
  }

  @AfterEach
  void stop() {
    // First, so that what is stalled ends at once.
    proxy.close();
    service.close();
    redis.close();
  }

  @Test
  void aRepeatWithTheSameKeyAnswersTheOperationThatRuns() throws ApiException {
    String key = key();
    Operation first = stalled(key);

    Operation repeated = service.clusters().backupCluster(CLUSTER, key);

    assertThat(repeated.getId()).isEqualTo(first.getId());
    assertThat(repeated.getDone()).isFalse();
    assertThat(repeated.getMetadata().getBackupId()).isEqualTo(first.getMetadata().getBackupId());
  }

  @Test
  void aRepeatWithTheSameKeyAnswersTheOperationThatIsDone() throws ApiException {
    String key = key();
    Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, key));

    assertThat(service.clusters().backupCluster(CLUSTER, key)).isEqualTo(done);
    assertThat(backups()).hasSize(1);
  }

  @Test
  void aKeyIsTheSameInCapitals() throws ApiException {
    String key = key();
    Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, key));
    String capitals = key.toUpperCase(Locale.ROOT);

    assertThat(service.clusters().backupCluster(CLUSTER, capitals)).isEqualTo(done);

    String removal = key();
    String backup = done.getMetadata().getBackupId();
    Operation deleted = service.awaitDone(service.backups().deleteBackup(backup, removal));
    assertThat(service.backups().deleteBackup(backup, removal.toUpperCase(Locale.ROOT)))
        .isEqualTo(deleted);
  }

  @Test
  void aKeyHoldsAcrossARestart() throws ApiException {
    String key = key();
    Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, key));

    service.restart();

    assertThat(service.clusters().backupCluster(CLUSTER, key)).isEqualTo(done);
    assertThat(backups()).hasSize(1);
  }

  @Test
  void callsWithoutAKeyAreChangesOfTheirOwn() throws ApiException {
    service.takeBackup(CLUSTER);
    service.takeBackup(CLUSTER);

    assertThat(backups()).hasSize(2);
  }

  @Test
  void aRepeatedDeletionAnswersItsOperationAlthoughTheBackupIsGone() throws ApiException {
    String key = key();
    String backup = service.takeBackup(CLUSTER);
    Operation done = service.awaitDone(service.backups().deleteBackup(backup, key));

    assertThat(service.backups().deleteBackup(backup, key)).isEqualTo(done);
  }

  @Test
  void aRepeatedDeletionAnswersItsOperationAfterARestart() throws ApiException {
    String key = key();
    String backup = service.takeBackup(CLUSTER);
    Operation done = service.awaitDone(service.backups().deleteBackup(backup, key));

    service.restart();

    assertThat(service.backups().deleteBackup(backup, key)).isEqualTo(done);
  }

  @Test
  void aKeyOfABackupIsRefusedForAnotherCluster() throws ApiException {
    String key = key();
    Operation first = service.awaitDone(service.clusters().backupCluster(CLUSTER, key));

    assertKeyReused(
        service.send(
            "POST",
            "/managed-redis/v1/clusters/" + OTHER_CLUSTER + ":backup",
            "Idempotency-Key",
            key),
        first);
  }

  @Test
  void aKeyOfABackupIsRefusedForADeletion() throws ApiException {
    String key = key();
    Operation first = service.awaitDone(service.clusters().backupCluster(CLUSTER, key));

    assertKeyReused(
        service.send(
            "DELETE",
            "/managed-redis/v1/backups/" + first.getMetadata().getBackupId(),
            "Idempotency-Key",
            key),
        first);
  }

  @Test
  void aKeyOfADeletionIsRefusedForAnotherBackup() throws ApiException {
    String key = key();
    String one = service.takeBackup(CLUSTER);
    String other = service.takeBackup(CLUSTER);
    Operation first = service.awaitDone(service.backups().deleteBackup(one, key));

    assertKeyReused(
        service.send("DELETE", "/managed-redis/v1/backups/" + other, "Idempotency-Key", key),
        first);
    assertThat(service.backups().getBackup(other).getId()).isEqualTo(other);
  }

  @Test
  void aSecondBackupOfAClusterIsRefusedAndNamesTheFirst() throws ApiException {
    Operation first = stalled(null);

    StatusAnswer status =
        StatusAnswer.of(service.send("POST", "/managed-redis/v1/clusters/" + CLUSTER + ":backup"));

    assertThat(status.httpStatus()).isEqualTo(409);
    assertThat(status.code()).isEqualTo(10);
    assertThat(status.message()).contains(first.getId());
  }

  @Test
  void anotherClusterIsBackedUpMeanwhile() throws ApiException {
    Operation first = stalled(null);

    service.takeBackup(OTHER_CLUSTER);

    assertThat(service.operations().getOperation(first.getId()).getDone()).isFalse();
  }

  @Test
  void aRunningBackupIsNotListedAndShowsItsBytes() throws ApiException {
    Operation running = stalled(null);

    assertThat(backups()).isEmpty();
    assertThat(Long.parseLong(running.getMetadata().getBytesCaptured()))
        .isBetween(1L, WITHIN_THE_SNAPSHOT);
    assertThat(running.getMetadata().getShardsTotal()).isEqualTo(1);
    assertThat(running.getMetadata().getShardsDone()).isZero();
  }

  @Test
  void aBackupGoesOnWhenTheNodeDoes() throws ApiException {
    Operation running = stalled(null);

    proxy.none();

    assertThat(service.awaitDone(running).getError()).isNull();
    assertThat(backups()).containsExactly(running.getMetadata().getBackupId());
  }

  @Test
  void aBackupThatTheServersEndCutsOffIsCancelledAndSaysSo() throws ApiException {
    Operation running = stalled(null);

    service.restart();

    Operation ended = service.operations().getOperation(running.getId());
    assertThat(ended.getDone()).isTrue();
    assertThat(ended.getError().getCode()).isEqualTo(1);
    assertThat(ended.getError().getMessage()).contains("shut down");
    assertThat(ended.getResponse()).isNull();
  }

  @Test
  void aCancelledBackupLeavesNothing() throws Exception {
    Operation running = stalled(null);
    String id = running.getMetadata().getBackupId();

    service.close();

    try (Stream<Path> files = Files.walk(service.repository())) {
      assertThat(files.map(Path::toString))
          .noneMatch(file -> file.contains(id.substring(id.indexOf(':') + 1)));
    }
    service.restart();
    assertThat(backups()).isEmpty();
  }

  @Test
  void aClusterIsBackedUpAgainAfterACancelledBackup() throws ApiException {
    Operation unused = stalled(null);
    proxy.limitTo(0);

    service.restart();

    assertThat(backups()).isEmpty();
    String next = service.takeBackup(CLUSTER);
    assertThat(backups()).containsExactly(next);
  }

  @Test
  void operationsAreListedNewestFirstPageByPage() throws ApiException {
    List<String> newestFirst = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      newestFirst.add(0, done(service.clusters().backupCluster(CLUSTER, null)));
    }
    newestFirst.add(0, done(service.backups().deleteBackup(backups().get(0), null)));
    done(service.clusters().backupCluster(OTHER_CLUSTER, null));

    List<String> listed = new ArrayList<>();
    String token = null;
    do {
      ListClusterOperationsResponse page =
          service.clusters().listClusterOperations(CLUSTER, 2L, token);
      assertThat(page.getOperations()).hasSizeBetween(1, 2);
      page.getOperations().forEach(operation -> listed.add(operation.getId()));
      token = page.getNextPageToken();
    } while (token != null);

    assertThat(listed).isEqualTo(newestFirst);
  }

  @Test
  void aListedOperationIsTheOneThatGetAnswers() throws ApiException {
    Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, null));

    assertThat(service.clusters().listClusterOperations(CLUSTER, null, null).getOperations())
        .containsExactly(done);
  }

  @Test
  void aSecondDeletionOfABackupIsRefusedAndNamesTheFirst(@TempDir Path folder) throws ApiException {
    try (RunningService narrow =
        RunningService.in(folder)
            .cluster(CLUSTER, FOLDER, proxy.address())
            .backup("parallelOperations", "1")
            .start()) {
      String backup = narrow.takeBackup(CLUSTER);
      // The only thread is busy from now on, so a deletion waits.
      proxy.stallAfter(WITHIN_THE_SNAPSHOT);
      Operation unused = narrow.clusters().backupCluster(CLUSTER, null);
      Operation first = narrow.backups().deleteBackup(backup, null);

      StatusAnswer status =
          StatusAnswer.of(narrow.send("DELETE", "/managed-redis/v1/backups/" + backup));

      assertThat(status.httpStatus()).isEqualTo(409);
      assertThat(status.code()).isEqualTo(10);
      assertThat(status.message()).contains(first.getId());
    }
  }

  @Test
  void aDeletionThatWaitsWhenTheServerEndsIsDoneAfterTheNextStart(@TempDir Path folder)
      throws ApiException {
    try (RunningService narrow =
        RunningService.in(folder)
            .cluster(CLUSTER, FOLDER, proxy.address())
            .backup("parallelOperations", "1")
            .start()) {
      String backup = narrow.takeBackup(CLUSTER);
      proxy.stallAfter(WITHIN_THE_SNAPSHOT);
      Operation unused = narrow.clusters().backupCluster(CLUSTER, null);
      Operation deletion = narrow.backups().deleteBackup(backup, null);

      narrow.restart();

      assertThat(narrow.awaitDone(deletion).getError()).isNull();
      assertThat(narrow.send("GET", "/managed-redis/v1/backups/" + backup).statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void aFullQueueRefusesMoreAndStartsNothing(@TempDir Path folder) throws ApiException {
    try (RunningService full = withFullQueue(folder)) {
      StatusAnswer status =
          StatusAnswer.of(full.send("POST", "/managed-redis/v1/clusters/c101:backup"));

      assertThat(status.httpStatus()).isEqualTo(429);
      assertThat(status.code()).isEqualTo(8);
      assertThat(full.clusters().listClusterOperations("c101", null, null).getOperations())
          .isEmpty();
    }
  }

  @Test
  void aFullQueueRefusesADeletionAndKeepsTheBackup(@TempDir Path folder) throws ApiException {
    try (RunningService full = withFullQueue(folder);
        Catalog catalog = Catalog.open(full.catalogFile(), new BackupJson())) {
      Instant now = Instant.parse("2026-11-22T12:00:00Z");
      assertThat(
              catalog
                  .backups()
                  .add(
                      new BackupEntry(
                          "c0:kept",
                          FOLDER,
                          "c0",
                          now,
                          now,
                          BackupType.MANUAL,
                          List.of("shard1"),
                          1,
                          1)))
          .isTrue();

      StatusAnswer status =
          StatusAnswer.of(full.send("DELETE", "/managed-redis/v1/backups/c0:kept"));

      assertThat(status.httpStatus()).isEqualTo(429);
      assertThat(status.code()).isEqualTo(8);
      assertThat(full.backups().getBackup("c0:kept").getId()).isEqualTo("c0:kept");
    }
  }

  @Test
  void aRequestInFlightIsAnsweredAlthoughTheServerEnds(@TempDir Path folder) {
    // The node says nothing, so the answer has to wait about a second for it.
    proxy.stallAfter(0);
    RunningService ending =
        RunningService.in(folder).cluster(CLUSTER, FOLDER, proxy.address()).start();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ending.url() + "/managed-redis/v1/clusters/" + CLUSTER))
            .build();
    CompletableFuture<HttpResponse<String>> answer =
        ending.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    Awaitility.await("the node is asked")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> proxy.connections() > 0);

    ending.close();

    assertThat(answer).succeedsWithin(Duration.ofSeconds(10));
    assertThat(answer.join().statusCode()).isEqualTo(200);
  }

  /** One operation runs, a hundred wait, and there is one cluster more: c101. */
  private RunningService withFullQueue(Path folder) throws ApiException {
    proxy.stallAfter(WITHIN_THE_SNAPSHOT);
    RunningService.Builder many = RunningService.in(folder).backup("parallelOperations", "1");
    for (int i = 0; i < 102; i++) {
      many.cluster("c" + i, FOLDER, proxy.address());
    }
    RunningService full = many.start();
    for (int i = 0; i < 101; i++) {
      assertThat(full.clusters().backupCluster("c" + i, null).getDone()).isFalse();
    }
    return full;
  }

  private void assertKeyReused(HttpResponse<String> answer, Operation first) {
    StatusAnswer status = StatusAnswer.of(answer);
    assertThat(status.httpStatus()).isEqualTo(400);
    assertThat(status.code()).isEqualTo(3);
    assertThat(status.fields()).containsExactly("Idempotency-Key");
    assertThat(status.message()).contains(first.getId());
  }

  /** A backup that has begun to read, and reads on when the proxy lets it. */
  private Operation stalled(@Nullable String key) throws ApiException {
    proxy.stallAfter(WITHIN_THE_SNAPSHOT);
    Operation started = service.clusters().backupCluster(CLUSTER, key);
    return Awaitility.await("the backup reads")
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> service.operations().getOperation(started.getId()),
            operation ->
                operation.getDone()
                    || Long.parseLong(operation.getMetadata().getBytesCaptured()) > 0);
  }

  private String done(Operation operation) {
    Operation done = service.awaitDone(operation);
    assertThat(done.getError()).isNull();
    return done.getId();
  }

  private List<String> backups() throws ApiException {
    return service.clusters().listClusterBackups(CLUSTER, null, null).getBackups().stream()
        .map(Backup::getId)
        .toList();
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }
}
