package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.managedredis.client.model.Backup;
import io.managedredis.client.model.Cluster;
import io.managedredis.client.model.Operation;
import io.managedredis.client.model.Shard;
import io.managedredis.client.model.ShardManifest;
import io.managedredis.client.sdk.InvalidArgumentException;
import io.managedredis.client.sdk.ManagedRedis;
import io.managedredis.client.sdk.NotFoundException;
import io.managedredis.client.sdk.OperationFailedException;
import io.managedredis.client.sdk.Progress;
import io.managedredis.client.sdk.StatusCode;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The hand-written Java client before a running service; every exchange is held to the contract.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaClientTest {

  private static final String FOLDER = "b1gjava";
  private static final String CLUSTER = "c9qjava0000000000001";
  private static final String DEAD = "c9qjava0000000000002";
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final RunningService service;
  private final ManagedRedis client;
  private final List<String> backups = new ArrayList<>();

  JavaClientTest(@TempDir Path folder) {
    // Incompressible, and larger than what the buffers on the way take.
    redis.fill(40, 200_000);
    service =
        RunningService.in(folder)
            .cluster(CLUSTER, FOLDER, redis.address())
            .cluster(DEAD, FOLDER, "127.0.0.1:1")
            .backup("attempts", "1")
            .start();
    client = ManagedRedis.at(service.url()).httpClient(service.http()).pageSize(2).build();
  }

  @BeforeAll
  void takeBackups() {
    for (int i = 0; i < 5; i++) {
      Operation done = client.await(client.backupCluster(CLUSTER), LONGEST);
      backups.add(0, Objects.requireNonNull(done.getMetadata().getBackupId()));
    }
  }

  @AfterAll
  void stop() {
    service.close();
    redis.close();
  }

  @Test
  void aStreamHasTheBackupsOfAllPages() {
    assertThat(client.listClusterBackups(CLUSTER)).extracting(Backup::getId).isEqualTo(backups);
    assertThat(client.listBackups(FOLDER)).extracting(Backup::getId).containsAll(backups);
  }

  @Test
  void theOtherListsAreStreamsToo() {
    assertThat(client.listClusters(FOLDER)).extracting(Cluster::getId).contains(CLUSTER, DEAD);
    assertThat(client.listClusters(FOLDER, "name=\"name-of-" + CLUSTER + "\""))
        .extracting(Cluster::getId)
        .containsExactly(CLUSTER);
    assertThat(client.listClusterShards(CLUSTER))
        .extracting(Shard::getName)
        .containsExactly("shard1");
    assertThat(client.listClusterOperations(CLUSTER)).hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void whatIsNotThereIsNamedWithTheIdOfTheRequest() {
    String missing = CLUSTER + ":20181113T133617";

    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.getBackup(missing))
        .withMessageContaining(missing)
        .satisfies(
            e -> {
              assertThat(e.httpStatus()).hasValue(404);
              assertThat(e.code()).isEqualTo(StatusCode.NOT_FOUND);
              // That it is the one in the header is checked of every exchange.
              assertThat(UUID.fromString(e.requestId().orElseThrow())).isNotNull();
            });
  }

  @Test
  void anArgumentThatIsWrongIsNamed() {
    ManagedRedis unchecked = ManagedRedis.at(service.url()).build();

    assertThatExceptionOfType(InvalidArgumentException.class)
        .isThrownBy(() -> unchecked.getBackup("no id"))
        .satisfies(
            e ->
                assertThat(e.fieldViolations())
                    .singleElement()
                    .satisfies(field -> assertThat(field.getField()).isEqualTo("backupId")));
  }

  @Test
  void waitingTellsTheProgressUpToTheLastByte() {
    List<Progress> told = new ArrayList<>();
    String backup = backups.get(0);

    Operation done = client.await(client.verifyBackup(backup), LONGEST, told::add);

    Progress last = told.get(told.size() - 1);
    assertThat(done.getError()).isNull();
    assertThat(last.operation()).isEqualTo(done);
    assertThat(last.shardsDone()).isEqualTo(1);
    assertThat(last.shardsTotal()).isEqualTo(1);
    assertThat(last.bytes()).isEqualTo(Long.parseLong(shard(backup).getRawBytes()));
  }

  @Test
  void anOperationThatFailsSaysWhy() {
    assertThatExceptionOfType(OperationFailedException.class)
        .isThrownBy(() -> client.await(client.backupCluster(DEAD), LONGEST))
        .withMessageContaining("127.0.0.1:1")
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
              assertThat(e.operation().getDone()).isTrue();
            });
  }

  @Test
  void whatIsDeletedIsGone() {
    Operation taken = client.await(client.backupCluster(CLUSTER), LONGEST);
    String backup = Objects.requireNonNull(taken.getMetadata().getBackupId());

    Operation deleted = client.await(client.deleteBackup(backup), LONGEST);

    assertThat(deleted.getMetadata().getBackupId()).isEqualTo(backup);
    assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> client.getBackup(backup));
  }

  /** Each connection brings only some of the file. */
  @Test
  void aDownloadSurvivesALinkThatBreaksAgainAndAgain(@TempDir Path folder) throws Exception {
    ShardManifest shard = shard(backups.get(0));
    Path file = folder.resolve("dump.rdb");
    try (FaultProxy proxy = FaultProxy.to(service.port())) {
      proxy.dropAfter(3_000_000);
      ManagedRedis throughProxy =
          ManagedRedis.at("http://" + proxy.address()).firstPause(Duration.ofMillis(1)).build();

      long bytes = throughProxy.downloadBackupShard(backups.get(0), "shard1", file);

      assertThat(bytes).isEqualTo(Long.parseLong(shard.getRawBytes())).isEqualTo(Files.size(file));
      assertThat(sha256(file)).isEqualTo(shard.getSha256());
      assertThat(proxy.connections()).isGreaterThan(2);
    }
  }

  private ShardManifest shard(String backup) {
    return client.getBackupManifest(backup).getShards().get(0);
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
