import io.managedredis.client.ApiClient;
import io.managedredis.client.ApiException;
import io.managedredis.client.api.BackupApi;
import io.managedredis.client.api.ClusterApi;
import io.managedredis.client.model.Backup;
import io.managedredis.client.model.BackupType;
import io.managedredis.client.model.Operation;
import io.managedredis.client.model.ShardManifest;
import io.managedredis.client.sdk.ManagedRedis;
import io.managedredis.client.sdk.NotFoundException;
import io.managedredis.client.sdk.StatusCode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** The scenario that every language's client is put through, in Java. */
final class Consumer {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Map<String, String> env = System.getenv();
  private final String folder = env.get("FOLDER_ID");
  private final List<String> expected = List.of(env.get("EXPECTED_IDS").split(" "));
  private final ManagedRedis redis = ManagedRedis.at(env.get("SERVER")).pageSize(3).build();

  /** The generated client, for what only it shows: what was sent, and the answer's headers. */
  private final ApiClient generated = new ApiClient();

  private final AtomicReference<HttpResponse<InputStream>> answer = new AtomicReference<>();
  private boolean failed;

  private Consumer() {
    generated.updateBaseUri(env.get("SERVER"));
    generated.setResponseInterceptor(answer::set);
  }

  public static void main(String[] arguments) {
    Consumer consumer = new Consumer();
    consumer.step("list", consumer::list);
    consumer.step("get", consumer::get);
    consumer.step("colon", consumer::colon);
    consumer.step("missing", consumer::missing);
    consumer.step("fractions", consumer::fractions);
    consumer.step("unknown", consumer::unknown);
    AtomicReference<String> taken = new AtomicReference<>();
    consumer.step("backup", () -> consumer.backup(taken));
    consumer.step("download", () -> consumer.download(taken.get()));
    consumer.step("delete", () -> consumer.delete(taken.get()));
    System.exit(consumer.failed ? 1 : 0);
  }

  private String list() {
    same("ids", expected, redis.listBackups(folder).map(Backup::getId).toList());
    return "a stream over all pages";
  }

  private String get() {
    Backup backup = redis.getBackup(expected.get(0));
    same("id", expected.get(0), backup.getId());
    same("folderId", folder, backup.getFolderId());
    same("sourceClusterId", backup.getId().split(":")[0], backup.getSourceClusterId());
    same("no shard names", false, backup.getSourceShardNames().isEmpty());
    same("startedAt after createdAt", false, backup.getStartedAt().isAfter(backup.getCreatedAt()));
    same("type", BackupType.MANUAL, backup.getType());
    return "";
  }

  private String colon() throws Exception {
    String id = expected.get(0);
    same("id", id, new BackupApi(generated).getBackup(id).getId());
    same("id", id, redis.getBackup(id).getId());
    String path = answer.get().request().uri().getRawPath();
    String sent = path.substring(path.lastIndexOf('/') + 1);
    same("sent as : or %3A", true, Set.of(id, id.replace(":", "%3A")).contains(sent));
    return "sent as " + (sent.contains(":") ? ":" : "%3A");
  }

  private String missing() {
    String missing = env.get("MISSING_ID");
    NotFoundException error = notFound(missing);
    same("HTTP status", 404, error.httpStatus().orElse(0));
    same("code", StatusCode.NOT_FOUND, error.code());
    same("number", 5, error.status().orElseThrow().getCode());
    same("names it", true, error.status().orElseThrow().getMessage().contains(missing));
    same("requestId", true, error.requestId().isPresent());
    try {
      same("backup", null, new BackupApi(generated).getBackup(missing));
    } catch (ApiException e) {
      String header = answer.get().headers().firstValue("x-request-id").orElseThrow();
      same("x-request-id in the body", true, e.getResponseBody().contains(header));
    }
    return "NotFoundException";
  }

  private String fractions() {
    for (String pair : env.get("FRACTIONS").split(" ")) {
      String[] parts = pair.split("=", 2);
      Instant createdAt = redis.getBackup(parts[0]).getCreatedAt().toInstant();
      same(parts[0], Instant.parse(parts[1]), createdAt);
    }
    return "";
  }

  private String unknown() {
    ManagedRedis newer = ManagedRedis.at(env.get("NEWER_SERVER")).build();
    BackupType unknown = BackupType.UNKNOWN_DEFAULT_OPEN_API;
    same("get", unknown, newer.getBackup(expected.get(0)).getType());
    same("list", unknown, newer.listBackups(folder).findFirst().orElseThrow().getType());
    return "read as " + unknown.name();
  }

  /** With a key of our own, to repeat it; {@link ManagedRedis#backupCluster} makes one itself. */
  private String backup(AtomicReference<String> taken) throws Exception {
    String key = UUID.randomUUID().toString();
    ClusterApi clusters = new ClusterApi(generated);
    Operation started = clusters.backupCluster(env.get("CLUSTER_ID"), key);
    Operation done = redis.await(started, LONGEST);
    taken.set(Objects.requireNonNull(done.getMetadata().getBackupId(), "backupId"));
    same("id", taken.get(), redis.getBackup(taken.get()).getId());
    same("repeat", started.getId(), clusters.backupCluster(env.get("CLUSTER_ID"), key).getId());
    return "";
  }

  private String download(String taken) throws Exception {
    ShardManifest shard = redis.getBackupManifest(taken).getShards().get(0);
    ByteArrayOutputStream rdb = new ByteArrayOutputStream();
    redis.downloadBackupShard(taken, shard.getName(), rdb);
    same(shard, rdb.toByteArray());
    File file = new BackupApi(generated).downloadBackupShard(taken, shard.getName(), null, null);
    same(shard, Files.readAllBytes(file.toPath()));
    return "";
  }

  private static void same(ShardManifest shard, byte[] rdb) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(rdb);
    same("length", shard.getRawBytes(), String.valueOf(rdb.length));
    same("SHA-256", shard.getSha256(), HexFormat.of().formatHex(digest));
  }

  private String delete(String taken) {
    redis.await(redis.deleteBackup(Objects.requireNonNull(taken, "nothing taken")), LONGEST);
    same("code", StatusCode.NOT_FOUND, notFound(taken).code());
    return "";
  }

  private NotFoundException notFound(String id) {
    try {
      throw new IllegalStateException("there is a " + redis.getBackup(id).getId());
    } catch (NotFoundException e) {
      return e;
    }
  }

  private static void same(String what, Object expected, Object came) {
    if (!Objects.equals(expected, came)) {
      throw new IllegalStateException(what + ": expected " + expected + ", came " + came);
    }
  }

  /** Answers the note. */
  private interface Check {
    String run() throws Exception;
  }

  private void step(String name, Check check) {
    String result;
    try {
      result = "ok\t" + check.run();
    } catch (Exception e) {
      failed = true;
      e.printStackTrace();
      result = "failed\t" + e.toString().replaceAll("\\s+", " ");
    }
    System.out.println(name + "\t" + result);
  }
}
