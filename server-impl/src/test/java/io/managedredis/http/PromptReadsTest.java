package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.catalog.Catalog;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What takes long, or hangs, keeps nobody from reading the catalogue. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptReadsTest {

  private static final String CLUSTER = "c9qprompt00000000001";
  private static final String FOLDER = "b1gprompt";
  private static final String BACKUPS = "/managed-redis/v1/backups";

  /** As many as there are workers, and more. */
  private static final int CROWD = 48;

  /** Far from what a read takes on a busy machine, and from what any of these waits for. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final Gate gate = new Gate();
  private final RunningService service;
  private final List<RawHttp> connections = new ArrayList<>();
  private String backup = "";

  PromptReadsTest(@TempDir Path folder) {
    redis.fill(60, 200_000);
    service =
        RunningService.in(folder).cluster(CLUSTER, FOLDER, redis.address()).component(gate).start();
  }

  /** Keeps every worker that comes along with a certain call until it is opened. */
  private static final class Gate implements ContainerRequestFilter {
    private volatile CountDownLatch open = new CountDownLatch(0);
    private final AtomicInteger waiting = new AtomicInteger();

    void shut() {
      open = new CountDownLatch(1);
    }

    void open() {
      open.countDown();
    }

    boolean isSomebodyWaiting() {
      return waiting.get() > 0;
    }

    @Override
    public void filter(ContainerRequestContext request) {
      String target = request.getUriInfo().getRequestUri().toString();
      boolean byAWorker = request.getProperty("io.managedredis.prompt") == null;
      if (target.contains("/clusters?") || (target.contains("%32") && byAWorker)) {
        waiting.incrementAndGet();
        try {
          assertThat(open.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          waiting.decrementAndGet();
        }
      }
    }
  }

  @BeforeAll
  void takeBackup() throws Exception {
    backup = service.takeBackup(CLUSTER);
    // What a JVM does once, it does not do in the crowd.
    assertReadsAreQuick();
  }

  @AfterEach
  void close() throws IOException {
    gate.open();
    for (RawHttp connection : connections) {
      connection.close();
    }
    connections.clear();
  }

  @AfterAll
  void stop() {
    service.close();
    redis.close();
  }

  @Test
  void workersThatAllHangDelayNoRead() throws IOException {
    gate.shut();
    for (int i = 0; i < CROWD; i++) {
      connect().send(request("/managed-redis/v1/clusters?folderId=" + FOLDER));
    }

    assertReadsAreQuick();
  }

  @Test
  void stalledDownloadsDelayNoRead() throws IOException {
    for (int i = 0; i < CROWD; i++) {
      RawHttp connection = new RawHttp(service.port(), 4096);
      connections.add(connection);
      connection.sendUnread(
          request(BACKUPS + "/" + backup + "/shards/shard1/rdb")
              .getBytes(StandardCharsets.ISO_8859_1));
    }

    assertReadsAreQuick();
  }

  @Test
  void callersWhoTakeNoneOfTheirAnswersDelayNoRead() throws IOException {
    byte[] lists =
        request(BACKUPS + "?folderId=" + FOLDER).repeat(50).getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < CROWD; i++) {
      RawHttp connection = new RawHttp(service.port(), 4096);
      connections.add(connection);
      connection.sendUnread(lists);
    }

    assertReadsAreQuick();
  }

  @Test
  void aCatalogueThatAnotherProgramHasLockedDelaysNoRead() throws Exception {
    try (Connection other = otherProgram();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      // Waits for the lock, on a worker.
      RawHttp change = connect();
      change.send(
          "POST "
              + BACKUPS
              + "/"
              + backup
              + ":verify HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Length: 0\r\n\r\n");

      assertReadsAreQuick();
      statement.execute("ROLLBACK");
      assertThat(change.answer("POST").status()).isIn(200, 503);
    }
  }

  /** The thread that read the first begins to answer it, and may not wait; a worker answers it. */
  @Test
  void whatComesBehindACallThatIsAnsweredAgainIsAnsweredToo() throws IOException {
    gate.shut();
    RawHttp caller = connect();
    // 250, so written that only the resource sees how long the page is.
    caller.send(request(BACKUPS + "?folderId=" + FOLDER + "&pageSize=%32%35%30"));
    Awaitility.await("a worker has it").atMost(SOON).until(gate::isSomebodyWaiting);
    caller.send(request(BACKUPS + "/" + backup));

    assertReadsAreQuick();
    gate.open();
    assertThat(caller.answer("GET").body()).contains(backup);
    assertThat(caller.answer("GET").body()).contains(backup);
  }

  @Test
  void callersWhoTakeNoneOfALargeAnswerDelayNoRead() throws IOException {
    Instant at = Instant.parse("2026-11-22T03:15:41Z");
    List<String> shards =
        IntStream.range(0, 16_000).mapToObj(i -> "s".repeat(56) + "-%05d".formatted(i)).toList();
    try (Catalog catalog = Catalog.open(service.catalogFile(), new BackupJson())) {
      // Each has a MB; all together are more than the kernel and the server keep for one client.
      for (int i = 0; i < 8; i++) {
        String id = "c9qlarge:20261122T031500-k7m2qz4" + i;
        assertThat(
                catalog
                    .backups()
                    .add(
                        new BackupEntry(
                            id, "b1glarge", "c9qlarge", at, at, BackupType.MANUAL, shards, 1, 1)))
            .isTrue();
      }
    }
    for (int i = 0; i < 8; i++) {
      RawHttp connection = new RawHttp(service.port(), 4096);
      connections.add(connection);
      connection.sendUnread(
          request(BACKUPS + "?folderId=b1glarge").getBytes(StandardCharsets.ISO_8859_1));
    }

    assertReadsAreQuick();
  }

  /** Nothing is remembered of what the catalogue said before. */
  @Test
  void whatAnotherServerDeletedIsNotAnsweredAnyMore() throws Exception {
    String another = service.takeBackup(CLUSTER);
    assertThat(get(connect(), BACKUPS + "/" + another).status()).isEqualTo(200);
    try (Connection other = otherProgram();
        Statement statement = other.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM backup WHERE id = '" + another + "'"))
          .isEqualTo(1);
    }

    assertThat(get(connect(), BACKUPS + "/" + another).status()).isEqualTo(404);
    assertThat(get(connect(), BACKUPS + "?folderId=" + FOLDER).body()).doesNotContain(another);
  }

  private Connection otherProgram() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + service.catalogFile());
  }

  private void assertReadsAreQuick() throws IOException {
    RawHttp reader = connect();
    for (int i = 0; i < 100; i++) {
      for (String path :
          List.of(
              BACKUPS + "/" + backup,
              BACKUPS + "?folderId=" + FOLDER,
              "/managed-redis/v1/clusters/" + CLUSTER + "/backups")) {
        long asked = System.nanoTime();
        assertThat(get(reader, path).status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(SOON);
      }
    }
  }

  private static Exchange get(RawHttp connection, String path) throws IOException {
    connection.send(request(path));
    return connection.answer("GET");
  }

  private static String request(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  private RawHttp connect() throws IOException {
    RawHttp connection = new RawHttp(service.port());
    connections.add(connection);
    return connection;
  }
}
