package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.repository.KeysetFile;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * Calls on a service that takes backups, encrypted ones, of a real cluster of three shards and of
 * single servers.
 */
final class StoredBackupCalls implements AutoCloseable {

  private static final Contract CONTRACT = Contract.present();

  /** Three shards; alone in its folder. */
  private static final String SHARDED = "c9q287aqv5rf11isjeql";

  /** One shard. */
  private static final String SINGLE = "c9qsingle00000000001";

  /** One shard, whose server allows less than a backup needs, after a while. */
  private static final String DENYING = "c9qdenying0000000001";

  private static final String OTHER_FOLDER = "b1gother";
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final RedisCluster cluster = RedisCluster.start(3, 0, StoredBackupCalls::eager);
  private final RedisProcess redis = eager().start();
  private final RunningService service;
  private final Path folder;
  private final String first;

  /** The backup that is there to be read. */
  private final String backup;

  private final JsonNode failed;

  StoredBackupCalls(Path folder) throws Exception {
    this.folder = folder;
    String unused = new KeysetFile(folder.resolve("keyset.json")).create();
    Files.writeString(folder.resolve("password"), "secret");
    fill();
    service =
        RunningService.in(folder)
            .cluster(
                SHARDED,
                "b1g4c2t7qf0s8m3n5k6d",
                cluster.masters().stream().map(RedisProcess::address).toArray(String[]::new))
            .cluster(SINGLE, OTHER_FOLDER, redis.address())
            .cluster(DENYING, OTHER_FOLDER, redis.address())
            .with("username", "backup")
            .with("passwordFile", "password")
            .setting("encryption", "{keysetFile: keyset.json}")
            .start();
    first = service.takeBackup(SHARDED);
    backup = service.takeBackup(SHARDED);
    JsonNode done = end(Bodies.of(backUp(DENYING).send(service)));
    if (!done.has("response")) {
      throw new IllegalStateException("the backup failed: " + done);
    }
    redis.command("ACL", "SETUSER", "backup", "-info");
    failed = end(Bodies.of(backUp(DENYING).send(service)));
  }

  private static RedisProcess.Builder eager() {
    return RedisProcess.builder().setting("repl-diskless-sync-delay", "0");
  }

  private void fill() {
    // The slots of these tags are 3300, 7365 and 15495, so each shard gets one.
    List<String> tags = List.of("{b}", "{c}", "{a}");
    for (int shard = 0; shard < tags.size(); shard++) {
      fill(cluster.masters().get(shard), tags.get(shard));
    }
    fill(redis, "");
    redis.command("ACL", "SETUSER", "backup", "on", ">secret", "+psync", "+replconf", "+info");
  }

  private static void fill(RedisProcess node, String tag) {
    node.command("SET", "text" + tag, "x", "EX", "100000");
    node.command("HSET", "hash" + tag, "field", "x");
  }

  /** By the name of the example. */
  Map<String, Situation> situations() {
    Map<String, Situation> situations = new HashMap<>();
    situations.put(
        "BackupsFirstPage", operation -> Call.of(operation).with("pageSize", "1").send(service));
    situations.put(
        "ClusterBackupsFirstPage",
        operation -> Call.of(operation).with("pageSize", "1").send(service));
    situations.put("BackupOfThreeShards", operation -> ofBackup(operation, backup).send(service));
    situations.put("ClusterAlive", operation -> Call.of(operation).send(service));
    situations.put("ClustersOne", operation -> Call.of(operation).send(service));
    situations.put("ShardsThree", operation -> Call.of(operation).send(service));
    situations.put("ManifestVerified", this::verifiedManifest);
    situations.put("ManifestDamaged", this::damagedManifest);
    situations.put("VerifyDone", operation -> ended(ofBackup(operation, first)));
    situations.put("VerifyFoundDamage", this::foundDamage);
    situations.put("BackupDone", operation -> operation(operation, end(start(backUp(SHARDED)))));
    situations.put("BackupFailed", operation -> operation(operation, failed));
    situations.put("DeleteDone", this::deleted);
    situations.put(
        "OperationsFailedAndDone",
        operation -> Call.of(operation).with("clusterId", DENYING).send(service));
    situations.put("ErrorDataLoss", this::dataLoss);
    situations.put("ErrorKeyMissing", this::keyMissing);
    situations.put(
        "ErrorShardNotFound",
        operation -> ofBackup(operation, backup).with("shardName", "shard9").send(service));
    situations.put(
        "ErrorDownloadNotAcceptable",
        operation -> ofBackup(operation, backup).header("Accept", "text/xml").sendBroken(service));
    situations.put(
        "ErrorRange",
        operation -> ofBackup(operation, backup).with("Range", "bytes=100000000-").send(service));
    situations.put(
        "downloadBackupShard 200", operation -> ofBackup(operation, backup).send(service));
    situations.put(
        "downloadBackupShard 206",
        operation -> ofBackup(operation, backup).with("Range", "bytes=1-8").send(service));
    return situations;
  }

  private HttpResponse<String> verifiedManifest(DeclaredOperation operation) {
    JsonNode unused = end(start(ofBackup(CONTRACT.operation("verifyBackup"), first)));
    return ofBackup(operation, first).send(service);
  }

  private HttpResponse<String> damagedManifest(DeclaredOperation operation) throws Exception {
    String damaged = service.takeBackup(SINGLE);
    Path file = stored(damaged).resolve("shard1.rdb.zst");
    byte[] bytes = Files.readAllBytes(findStored(damaged, file));
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(findStored(damaged, file), bytes);
    JsonNode unused = end(start(ofBackup(CONTRACT.operation("verifyBackup"), damaged)));
    return ofBackup(operation, damaged).send(service);
  }

  private HttpResponse<String> foundDamage(DeclaredOperation operation) throws Exception {
    String damaged = service.takeBackup(SHARDED);
    Files.delete(findStored(damaged, stored(damaged).resolve("shard-05461.rdb.zst")));
    return ended(ofBackup(operation, damaged));
  }

  private HttpResponse<String> deleted(DeclaredOperation operation) throws Exception {
    String gone = service.takeBackup(SINGLE);
    return operation(operation, end(start(ofBackup(CONTRACT.operation("deleteBackup"), gone))));
  }

  private HttpResponse<String> dataLoss(DeclaredOperation operation) throws Exception {
    String damaged = service.takeBackup(SINGLE);
    if (operation.parameter("shardName").isPresent()) {
      Files.delete(findStored(damaged, stored(damaged).resolve("shard1.rdb.zst")));
      return ofBackup(operation, damaged).with("shardName", "shard1").send(service);
    }
    Files.writeString(stored(damaged).resolve("manifest.json"), "{\"formatVersion\": 2");
    return ofBackup(operation, damaged).send(service);
  }

  private HttpResponse<String> keyMissing(DeclaredOperation operation) throws Exception {
    Path other = Files.createTempDirectory(folder, "rekeyed");
    Path keyset = other.resolve("keyset.json");
    String unused = new KeysetFile(keyset).create();
    try (RunningService rekeyed =
        RunningService.in(other)
            .cluster(SINGLE, OTHER_FOLDER, redis.address())
            .setting("encryption", "{keysetFile: keyset.json}")
            .start()) {
      String encrypted = rekeyed.takeBackup(SINGLE);
      rekeyed.close();
      Files.delete(keyset);
      String unusedKey = new KeysetFile(keyset).create();
      rekeyed.restart();
      return ofBackup(operation, encrypted).with("shardName", "shard1").send(rekeyed);
    }
  }

  private static Call ofBackup(DeclaredOperation operation, String id) {
    return Call.of(operation).with("backupId", id);
  }

  private static Call backUp(String cluster) {
    return Call.of(CONTRACT.operation("backupCluster")).with("clusterId", cluster);
  }

  private JsonNode start(Call call) {
    return Bodies.of(call.send(service));
  }

  /** The operation once it is done. */
  private JsonNode end(JsonNode started) {
    return Awaitility.await("operation " + started + " is done")
        .atMost(LONGEST)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              HttpResponse<String> now = operation(CONTRACT.operation("getOperation"), started);
              if (now.statusCode() != 200) {
                throw new AssertionError("operation " + started + " is not there: " + now.body());
              }
              return Bodies.of(now);
            },
            now -> now.path("done").asBoolean());
  }

  private HttpResponse<String> operation(DeclaredOperation operation, JsonNode started) {
    return Call.of(operation).with("operationId", started.path("id").asText()).send(service);
  }

  /** What a call answers when it is repeated after all is done. */
  private HttpResponse<String> ended(Call call) {
    Call keyed = call.with("Idempotency-Key", UUID.randomUUID().toString());
    JsonNode unused = end(start(keyed));
    return keyed.send(service);
  }

  private Path stored(String id) {
    int colon = id.indexOf(':');
    return service.repository().resolve(id.substring(0, colon)).resolve(id.substring(colon + 1));
  }

  /** An encrypted file has one more ending. */
  private static Path findStored(String id, Path file) throws Exception {
    try (var files = Files.list(file.getParent())) {
      return files
          .filter(candidate -> candidate.toString().startsWith(file.toString()))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("backup " + id + " has no " + file));
    }
  }

  @Override
  public void close() {
    service.close();
    redis.close();
    cluster.close();
  }
}
