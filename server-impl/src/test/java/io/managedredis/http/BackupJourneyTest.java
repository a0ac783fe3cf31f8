package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdInputStream;
import io.managedredis.client.ApiException;
import io.managedredis.client.model.Backup;
import io.managedredis.client.model.BackupType;
import io.managedredis.client.model.Operation;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup from its order to its deletion, with a real Redis on one side and the client on ours.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupJourneyTest {

  private static final String CLUSTER = "c9qjourney0000000001";
  private static final String FOLDER = "b1gjourney0000000001";
  private static final String MESSAGES = "type.googleapis.com/yandex.cloud.mdb.redis.v1.";
  private static final int KEYS = 500;

  private final Path folder;
  private RedisProcess redis;
  private RunningService service;

  BackupJourneyTest(@TempDir Path folder) {
    this.folder = folder;
    this.redis = RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
    this.service = RunningService.in(folder).cluster(CLUSTER, FOLDER, redis.address()).start();
  }

  @BeforeAll
  void fill() {
    redis.fill(KEYS, 100);
    redis.command("SET", "greeting", "grüß dich");
  }

  @AfterAll
  void end() {
    service.close();
    redis.close();
  }

  @Test
  void orderingABackupAnswersARunningOperationThatNamesTheBackupToBe() throws ApiException {
    Operation started = service.clusters().backupCluster(CLUSTER, null);

    assertThat(started.getMetadata().getAtType()).isEqualTo(MESSAGES + "BackupClusterMetadata");
    assertThat(started.getMetadata().getClusterId()).isEqualTo(CLUSTER);
    assertThat(started.getMetadata().getBackupId())
        .matches(CLUSTER + ":[0-9]{8}T[0-9]{6}-[a-z2-7]{8}");
    assertThat(started.getCreatedBy()).isEqualTo("anonymous");
    assertThat(started.getModifiedAt()).isAfterOrEqualTo(started.getCreatedAt());
    service.awaitDone(started);
  }

  @Test
  void aDoneBackupAnswersItsClusterAndTheWholeProgress() throws ApiException {
    Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, null));

    assertThat(done.getError()).isNull();
    assertThat(done.getResponse().getAtType()).isEqualTo(MESSAGES + "Cluster");
    assertThat(done.getResponse().getId()).isEqualTo(CLUSTER);
    assertThat(done.getResponse().getFolderId()).isEqualTo(FOLDER);
    assertThat(done.getResponse().getName()).isEqualTo("name-of-" + CLUSTER);
    assertThat(done.getMetadata().getShardsDone()).isEqualTo(1);
    assertThat(done.getMetadata().getShardsTotal()).isEqualTo(1);
    assertThat(Long.parseLong(done.getMetadata().getBytesCaptured())).isGreaterThan(KEYS * 100L);
  }

  @Test
  void aFinishedBackupSaysWhatItIs() throws ApiException {
    Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, null));

    Backup backup = service.backups().getBackup(done.getMetadata().getBackupId());

    assertThat(backup.getFolderId()).isEqualTo(FOLDER);
    assertThat(backup.getSourceClusterId()).isEqualTo(CLUSTER);
    assertThat(backup.getSourceShardNames()).containsExactly("shard1");
    assertThat(backup.getType()).isEqualTo(BackupType.MANUAL);
    assertThat(backup.getStartedAt()).isEqualTo(done.getCreatedAt());
    assertThat(backup.getCreatedAt()).isBetween(done.getCreatedAt(), done.getModifiedAt());
  }

  @Test
  void bothListsAndGetAgreeOnABackup() throws ApiException {
    String id = service.takeBackup(CLUSTER);

    Backup backup = service.backups().getBackup(id);

    assertThat(service.backups().listBackups(FOLDER, null, null).getBackups()).contains(backup);
    assertThat(service.clusters().listClusterBackups(CLUSTER, null, null).getBackups())
        .contains(backup);
  }

  @Test
  void theNewestBackupIsListedFirst() throws ApiException {
    service.takeBackup(CLUSTER);
    String newest = service.takeBackup(CLUSTER);

    List<Backup> listed = service.backups().listBackups(FOLDER, null, null).getBackups();

    assertThat(listed.get(0).getId()).isEqualTo(newest);
  }

  @Test
  void theStoredBytesAreADumpThatRedisLoads(@TempDir Path dumps) throws Exception {
    String id = service.takeBackup(CLUSTER);
    Path dump = dumps.resolve("dump.rdb");
    try (InputStream stored =
        new ZstdInputStream(Files.newInputStream(backupFolder(id).resolve("shard1.rdb.zst")))) {
      Files.copy(stored, dump);
    }

    try (RedisProcess restored = RedisProcess.builder().dump(dump).start()) {
      assertThat(restored.size()).isEqualTo(KEYS + 1);
      assertThat(restored.command("GET", "greeting")).isEqualTo("grüß dich");
      assertThat(restored.digest()).isEqualTo(redis.digest());
    }
  }

  @Test
  void theColonOfAnIdMayBeEncoded() throws ApiException {
    String id = service.takeBackup(CLUSTER);

    String plain = service.send("GET", "/managed-redis/v1/backups/" + id).body();

    for (String colon : List.of("%3A", "%3a")) {
      assertThat(service.send("GET", "/managed-redis/v1/backups/" + id.replace(":", colon)).body())
          .isEqualTo(plain);
    }
  }

  @Test
  void aDeletionAnswersAnOperationThatEndsInEmpty() throws ApiException {
    String id = service.takeBackup(CLUSTER);

    Operation started = service.backups().deleteBackup(id, null);
    Operation done = service.awaitDone(started);

    assertThat(started.getMetadata().getAtType()).isEqualTo(MESSAGES + "DeleteBackupMetadata");
    assertThat(started.getMetadata().getBackupId()).isEqualTo(id);
    assertThat(done.getError()).isNull();
    assertThat(done.getResponse().getAtType())
        .isEqualTo("type.googleapis.com/google.protobuf.Empty");
  }

  @Test
  void aDeletedBackupIsGoneFromGetListsAndDisk() throws Exception {
    String id = service.takeBackup(CLUSTER);
    assertThat(backupFolder(id)).isNotEmptyDirectory();

    service.awaitDone(service.backups().deleteBackup(id, null));

    assertThat(service.send("GET", "/managed-redis/v1/backups/" + id).statusCode()).isEqualTo(404);
    assertThat(service.backups().listBackups(FOLDER, null, null).getBackups())
        .noneMatch(backup -> backup.getId().equals(id));
    assertThat(service.clusters().listClusterBackups(CLUSTER, null, null).getBackups())
        .noneMatch(backup -> backup.getId().equals(id));
    assertThat(filesOf(id)).isEmpty();
  }

  @Test
  void deletingWhatIsDeletedAnswersNotFound() throws ApiException {
    String id = service.takeBackup(CLUSTER);
    service.awaitDone(service.backups().deleteBackup(id, null));

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> service.backups().deleteBackup(id, null))
        .returns(404, ApiException::getCode);
  }

  private Path backupFolder(String id) {
    return service.repository().resolve(CLUSTER).resolve(id.substring(CLUSTER.length() + 1));
  }

  private List<Path> filesOf(String id) throws IOException {
    String suffix = id.substring(CLUSTER.length() + 1);
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      return files.filter(file -> file.toString().contains(suffix)).toList();
    }
  }
}
