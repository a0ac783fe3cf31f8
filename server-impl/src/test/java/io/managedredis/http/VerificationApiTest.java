package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.managedredis.client.ApiException;
import io.managedredis.client.model.BackupManifest;
import io.managedredis.client.model.Finding;
import io.managedredis.client.model.KeyType;
import io.managedredis.client.model.Operation;
import io.managedredis.client.model.ProofOutcome;
import io.managedredis.client.model.ShardManifest;
import io.managedredis.client.model.TypeCount;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is proven of a backup, told by its manifest, and proven again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationApiTest {

  private static final String CLUSTER = "c9qverify00000000001";
  private static final String FOLDER = "b1gverify";

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final RunningService service;

  VerificationApiTest(@TempDir Path folder) {
    redis.fill(200, 1000);
    redis.command("RPUSH", "list", "a", "b");
    redis.command("SET", "passing", "x", "EX", "100000");
    service = RunningService.in(folder).cluster(CLUSTER, FOLDER, redis.address()).start();
  }

  @AfterAll
  void stop() {
    service.close();
    redis.close();
  }

  @Test
  void theManifestOfANewBackupSaysWhatWasProvenWhileItWasCaptured() throws ApiException {
    BackupManifest manifest = service.backups().getBackupManifest(service.takeBackup(CLUSTER));

    ShardManifest shard = manifest.getShards().get(0);
    assertThat(manifest.getPointSkew()).isEqualTo("0s");
    assertThat(manifest.getProof().getDamaged()).isFalse();
    assertThat(manifest.getProof().getVerifiedAt()).isNull();
    assertThat(shard.getNode()).isEqualTo(redis.address());
    assertThat(shard.getContents().getKeys()).isEqualTo("202");
    assertThat(shard.getContents().getDatabases()).hasSize(1);
    assertThat(shard.getContents().getDatabases().get(0).getExpires()).isEqualTo("1");
    assertThat(shard.getContents().getDatabases().get(0).getTypes())
        .containsExactly(
            new TypeCount().type(KeyType.LIST).keys("1"),
            new TypeCount().type(KeyType.STRING).keys("201"));
    assertThat(shard.getProof().getChecksum()).satisfies(this::isProven);
    assertThat(shard.getProof().getStructure()).satisfies(this::isProven);
    assertThat(shard.getProof().getCounts()).satisfies(this::isProven);
    assertThat(shard.getProof().getSlots().getOutcome()).isEqualTo(ProofOutcome.ABSENT);
    assertThat(shard.getProof().getStored().getOutcome()).isEqualTo(ProofOutcome.UNKNOWN);
    assertThat(shard.getProof().getChecksum().getAt()).isEqualTo(shard.getCompletedAt());
  }

  @Test
  void aVerificationProvesWhatIsStored() throws ApiException {
    String id = service.takeBackup(CLUSTER);

    Operation started = service.backups().verifyBackup(id, null);
    Operation done = service.awaitDone(started);

    assertThat(started.getMetadata().getAtType())
        .isEqualTo("type.googleapis.com/managedredis.v1.VerifyBackupMetadata");
    assertThat(done.getError()).isNull();
    assertThat(done.getResponse().getAtType())
        .isEqualTo("type.googleapis.com/google.protobuf.Empty");
    BackupManifest manifest = service.backups().getBackupManifest(id);
    assertThat(done.getMetadata().getBytesVerified())
        .isEqualTo(manifest.getShards().get(0).getRawBytes());
    assertThat(done.getMetadata().getShardsDone()).isEqualTo(1);
    assertThat(manifest.getProof().getDamaged()).isFalse();
    assertThat(manifest.getProof().getVerifiedAt())
        .isBetween(done.getCreatedAt(), done.getModifiedAt());
    assertThat(manifest.getShards().get(0).getProof().getStored()).satisfies(this::isProven);
    assertThat(manifest.getShards().get(0).getProof().getStructure().getAt())
        .isAfter(done.getCreatedAt());
  }

  @Test
  void damageIsToldByOperationManifestAndMetricAndTheBackupIsKept() throws Exception {
    String id = service.takeBackup(CLUSTER);
    Path file = file(id);
    byte[] stored = Files.readAllBytes(file);
    byte[] flipped = stored.clone();
    flipped[stored.length / 2] ^= 0x10;
    Files.write(file, flipped);
    double before = damaged();

    Operation failed = service.awaitDone(service.backups().verifyBackup(id, null));

    assertThat(failed.getError().getCode()).isEqualTo(15);
    assertThat(failed.getError().getMessage()).contains(id, "shard1", "Do not restore from it");
    BackupManifest manifest = service.backups().getBackupManifest(id);
    assertThat(manifest.getProof().getDamaged()).isTrue();
    Finding found = manifest.getShards().get(0).getProof().getStored();
    assertThat(found.getOutcome()).isEqualTo(ProofOutcome.DAMAGED);
    assertThat(found.getDetail()).isNotBlank();
    // What was proven at the capture stays true.
    assertThat(manifest.getShards().get(0).getProof().getChecksum()).satisfies(this::isProven);
    assertThat(damaged()).isEqualTo(before + 1);
    assertThat(service.backups().getBackup(id).getId()).isEqualTo(id);

    Files.write(file, stored);
    assertThat(service.awaitDone(service.backups().verifyBackup(id, null)).getError()).isNull();
    assertThat(service.backups().getBackupManifest(id).getProof().getDamaged()).isFalse();
    assertThat(damaged()).isEqualTo(before);
  }

  @Test
  void aMissingFileIsDamageThatARestartStillKnows() throws Exception {
    String id = service.takeBackup(CLUSTER);
    Files.delete(file(id));
    double before = damaged();

    Operation failed = service.awaitDone(service.backups().verifyBackup(id, null));
    service.restart();

    assertThat(failed.getError().getCode()).isEqualTo(15);
    assertThat(damaged()).isEqualTo(before + 1);
    assertThat(service.backups().getBackupManifest(id).getProof().getDamaged()).isTrue();
    service.awaitDone(service.backups().deleteBackup(id, null));
    assertThat(damaged()).isEqualTo(before);
  }

  @Test
  void aDamagedManifestIsAnsweredAsSuchEverywhere() throws Exception {
    String id = service.takeBackup(CLUSTER);
    Files.writeString(file(id).resolveSibling("manifest.json"), "{\"formatVersion\": 2");

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> service.backups().getBackupManifest(id))
        .returns(500, ApiException::getCode);
    Operation failed = service.awaitDone(service.backups().verifyBackup(id, null));
    assertThat(failed.getError().getCode()).isEqualTo(15);
    assertThat(service.backups().getBackup(id).getId()).isEqualTo(id);
  }

  @Test
  void aDamagedResultSaysSoAndIsReplacedByTheNextOne() throws Exception {
    String id = service.takeBackup(CLUSTER);
    service.awaitDone(service.backups().verifyBackup(id, null));
    Files.writeString(file(id).resolveSibling("verification.json"), "{");

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> service.backups().getBackupManifest(id))
        .returns(500, ApiException::getCode)
        .withMessageContaining("Verify it again");
    service.awaitDone(service.backups().verifyBackup(id, null));
    assertThat(service.backups().getBackupManifest(id).getProof().getDamaged()).isFalse();
  }

  @Test
  void theSameKeyAnswersTheSameVerification() throws ApiException {
    String id = service.takeBackup(CLUSTER);
    String key = UUID.randomUUID().toString();

    Operation first = service.awaitDone(service.backups().verifyBackup(id, key));

    assertThat(service.backups().verifyBackup(id, key)).isEqualTo(first);
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> service.backups().deleteBackup(id, key))
        .returns(400, ApiException::getCode);
  }

  @Test
  void whatIsNotThereCanNotBeVerified() {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> service.backups().verifyBackup(CLUSTER + ":none", null))
        .returns(404, ApiException::getCode);
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> service.backups().getBackupManifest(CLUSTER + ":none"))
        .returns(404, ApiException::getCode);
  }

  private void isProven(Finding finding) {
    assertThat(finding.getOutcome()).isEqualTo(ProofOutcome.PROVEN);
    assertThat(finding.getDetail()).isNull();
  }

  private double damaged() {
    String metrics = service.send("GET", "/metrics").body();
    return metrics
        .lines()
        .filter(line -> line.startsWith("managed_redis_backups_damaged{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private Path file(String id) {
    return service
        .repository()
        .resolve(CLUSTER)
        .resolve(id.substring(CLUSTER.length() + 1))
        .resolve("shard1.rdb.zst");
  }
}
