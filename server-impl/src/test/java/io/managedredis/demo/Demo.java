package io.managedredis.demo;

import io.managedredis.client.ApiClient;
import io.managedredis.client.ApiException;
import io.managedredis.client.api.BackupApi;
import io.managedredis.client.api.ClusterApi;
import io.managedredis.client.api.OperationApi;
import io.managedredis.client.model.BackupManifest;
import io.managedredis.client.model.Finding;
import io.managedredis.client.model.Operation;
import io.managedredis.client.model.ShardManifest;
import io.managedredis.testing.RedisProcess;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Starts a throwaway Redis with some data, the packaged service with that Redis declared, and takes
 * a first backup. Both end with this process.
 */
public final class Demo implements AutoCloseable {

  private static final String CLUSTER = "c9qdemo0000000000001";
  private static final String FOLDER = "b1gdemo0000000000001";
  private static final int USUAL_PORT = 8080;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final PrintStream out;
  private final Path data;
  private final RedisProcess redis;
  private final Process service;
  private final String url;

  private Demo(PrintStream out, Path jar, Path folder) throws IOException {
    this.out = out;
    deleteTree(folder);
    data = Files.createDirectories(folder).resolve("data");
    redis = RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
    boolean complete = false;
    Process started = null;
    try {
      fill(redis);
      Path config = Files.writeString(folder.resolve("config.yaml"), config());
      started =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  jar.toString(),
                  "serve",
                  "--config",
                  config.toString())
              .redirectError(folder.resolve("service.log").toFile())
              .start();
      service = started;
      url = address(started, folder);
      complete = true;
    } finally {
      if (!complete) {
        if (started != null) {
          started.destroyForcibly();
        }
        redis.close();
      }
    }
  }

  /**
   * Runs until it is interrupted.
   *
   * @param arguments the packaged service, and a folder for its files, which is emptied first
   */
  public static void main(String[] arguments) throws Exception {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    out.println();
    out.println("Starting a throwaway Redis and the service ...");
    Demo demo = new Demo(out, Path.of(arguments[0]), Path.of(arguments[1]).toAbsolutePath());
    Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "end-of-demo"));
    demo.firstBackup();
    int status = demo.service.waitFor();
    if (status != 0 && status != 143 && status != 130) {
      throw new IllegalStateException("the service ended with status " + status);
    }
  }

  private String config() throws IOException {
    return """
        # Written by the demo; README.md has the reference of all keys.
        listen: 127.0.0.1:%d
        dataDir: ./data
        clusters:
          - id: %s
            folderId: %s
            name: demo
            nodes: [%s]
        """
        .formatted(usualPortOrAnother(), CLUSTER, FOLDER, redis.address());
  }

  private static int usualPortOrAnother() {
    try (ServerSocket probe = new ServerSocket(USUAL_PORT, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      // Somebody else has it; the service takes a free one and says which.
      return 0;
    }
  }

  /** A little of every type, some of it with an expiry. */
  private static void fill(RedisProcess redis) {
    redis.fill(5000, 200);
    for (int user = 0; user < 500; user++) {
      String id = "user:" + user;
      redis.command("HSET", id, "name", "user " + user, "visits", Integer.toString(user * 7));
      redis.command("ZADD", "scores", Integer.toString(user % 97), id);
      redis.command("RPUSH", "queue", id);
      redis.command("SADD", "seen", id);
      redis.command("XADD", "events", "*", "user", id);
      redis.command("SET", "session:" + user, id, "EX", "86400");
    }
  }

  private static String address(Process service, Path folder) throws IOException {
    BufferedReader said = service.inputReader(StandardCharsets.UTF_8);
    String line = said.readLine();
    if (line == null || !line.startsWith("Listening on ")) {
      throw new IllegalStateException(
          "the service did not start:\n" + Files.readString(folder.resolve("service.log")));
    }
    return line.substring("Listening on ".length());
  }

  private void firstBackup() throws ApiException, IOException {
    ApiClient client = new ApiClient();
    client.updateBaseUri(url);
    Operation started = new ClusterApi(client).backupCluster(CLUSTER, null);
    OperationApi operations = new OperationApi(client);
    Operation done =
        Awaitility.await("the first backup")
            .atMost(LONGEST)
            .until(() -> operations.getOperation(started.getId()), Operation::getDone);
    if (done.getError() != null) {
      throw new IllegalStateException("the first backup failed: " + done.getError().getMessage());
    }
    String backupId = Objects.requireNonNull(done.getMetadata().getBackupId());
    BackupManifest manifest = new BackupApi(client).getBackupManifest(backupId);
    ShardManifest shard = manifest.getShards().get(0);
    out.println();
    out.printf(
        Locale.ROOT,
        "  Redis         %s, version %s, %,d keys%n",
        redis.address(),
        shard.getServerVersion(),
        redis.size());
    out.printf("  Service       %s%n", url);
    out.printf("  First backup  %s%n", backupId);
    out.printf(
        Locale.ROOT,
        "                %,d bytes of RDB, %,d stored, %,d keys%n",
        Long.parseLong(shard.getRawBytes()),
        Long.parseLong(shard.getStoredBytes()),
        Long.parseLong(shard.getContents().getKeys()));
    out.printf(
        "                checksum %s, structure %s, number of keys %s%n",
        outcome(shard.getProof().getChecksum()),
        outcome(shard.getProof().getStructure()),
        outcome(shard.getProof().getCounts()));
    out.printf(
        "                in %s%n",
        shown(data.resolve("repository").resolve(backupId.replace(':', '/'))));
    String backup = url + "/managed-redis/v1/backups/" + backupId;
    out.println();
    out.printf("Open  %s/docs/  and press \"Try it out\".%n", url);
    out.println("Try");
    out.printf("  curl -X POST '%s/managed-redis/v1/clusters/%s:backup'%n", url, CLUSTER);
    out.printf("  curl '%s/managed-redis/v1/backups?folderId=%s'%n", url, FOLDER);
    out.printf("  curl -X POST '%s:verify'%n", backup);
    out.printf("  curl '%s/manifest'%n", backup);
    out.printf("  curl -o dump.rdb '%s/shards/shard1/rdb'%n", backup);
    out.println();
    out.println("Ctrl-C ends both.");
  }

  private static String outcome(Finding finding) {
    return finding.getOutcome().getValue().toLowerCase(Locale.ROOT);
  }

  private static Path shown(Path folder) {
    Path here = Path.of("").toAbsolutePath();
    return folder.startsWith(here) ? here.relativize(folder) : folder;
  }

  /** Ends the service in order, then Redis. */
  @Override
  public void close() {
    service.destroy();
    try {
      if (!service.waitFor(30, TimeUnit.SECONDS)) {
        service.destroyForcibly();
      }
    } catch (InterruptedException e) {
      service.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    redis.close();
    out.println("The service and Redis have ended.");
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> tree = Files.walk(folder)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
