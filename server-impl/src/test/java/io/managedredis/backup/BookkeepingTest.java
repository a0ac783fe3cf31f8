package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.backup.MidCapture.Moment;
import io.managedredis.capture.Cancellation;
import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.repository.Manifest;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.SentinelProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a backup leaves behind on the servers, and in the Sentinel that watches them: nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(60)
class BookkeepingTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  private final RedisProcess master = server().start();
  private final RedisProcess replica = server().replicaOf(master).start();
  private final SentinelProcess sentinel = SentinelProcess.watching(master);

  @TempDir private Path folder = Path.of("");
  private Workbench bench;

  @BeforeAll
  void replicate() {
    for (RedisProcess server : List.of(master, replica)) {
      server.command("ACL", "SETUSER", "everywhere", "on", ">pw", "+psync", "+replconf", "+info");
    }
    master.command("ACL", "SETUSER", "masteronly", "on", ">pw", "+psync", "+replconf", "+info");
    master.fill(1000, 100);
    Awaitility.await().atMost(AMPLE).until(() -> replica.size() == 1000);
    Awaitility.await().atMost(AMPLE).until(() -> master.info("slave0").contains("state=online"));
    Awaitility.await()
        .atMost(AMPLE)
        .until(() -> sentinel.replicas().equals(List.of(replica.address())));
  }

  @BeforeEach
  void open() throws IOException {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() throws IOException {
    bench.close();
  }

  @AfterAll
  void stop() {
    sentinel.close();
    replica.close();
    master.close();
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void aBackupLeavesNoTraceOnTheServersOrInSentinel(Source source) throws Exception {
    List<String> before = state();
    take(source, () -> {});
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(state()).containsExactlyElementsOf(before));
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void sentinelSeesNoPhantomWhileDataIsRead(Source source) throws Exception {
    // Microseconds per key: the save takes some seconds.
    delaySaves("3000");
    AtomicReference<List<String>> replicas = new AtomicReference<>();
    AtomicReference<String> connected = new AtomicReference<>();
    take(
        source,
        () -> {
          delaySaves("0");
          connected.set(master.info("connected_slaves"));
          sentinel.askAgain();
          Awaitility.await()
              .atMost(AMPLE)
              .until(() -> sentinel.informed() && sentinel.replicas().contains(replica.address()));
          replicas.set(sentinel.replicas());
        });
    // Otherwise there was nothing to be seen.
    assertThat(connected).hasValue(source == Source.MASTER ? "2" : "1");
    assertThat(replicas).hasValue(List.of(replica.address()));
  }

  private void delaySaves(String micros) {
    master.command("CONFIG", "SET", "rdb-key-save-delay", micros);
    replica.command("CONFIG", "SET", "rdb-key-save-delay", micros);
  }

  private enum Source {
    REPLICA,
    MASTER
  }

  private void take(Source source, Runnable during) throws Exception {
    // The replica does not let the other user in, so the master is what remains.
    Credentials credentials =
        new Credentials(source == Source.REPLICA ? "everywhere" : "masteronly", "pw");
    Manifest manifest =
        bench
            .taker(1)
            .take(
                Workbench.order(Workbench.nodes(credentials, master.port(), replica.port())),
                new MidCapture(Moment.FIRST_BYTES, attempt -> during.run()),
                new Cancellation());
    assertThat(manifest.shards().get(0).node())
        .isEqualTo((source == Source.REPLICA ? replica : master).address());
  }

  /** All that a replica, or somebody who is taken for one, could change. */
  private List<String> state() {
    return Stream.of(
            Stream.of("role", "connected_slaves", "master_replid", "master_replid2")
                .map(field -> "master " + field + ":" + master.info(field)),
            slaves(master).map(line -> "master " + line),
            Stream.of("role", "master_link_status", "master_replid", "connected_slaves")
                .map(field -> "replica " + field + ":" + replica.info(field)),
            Stream.of(master, replica)
                .flatMap(
                    server ->
                        Stream.of("connected_clients", "sync_partial_err")
                            .map(field -> server.port() + " " + field + ":" + server.info(field))),
            Stream.of(master, replica).flatMap(BookkeepingTest::clients),
            Stream.of("num-slaves", "config-epoch", "flags", "role-reported")
                .map(field -> "sentinel " + field + ":" + sentinel.master(field)),
            Stream.of("sentinel replicas " + sentinel.replicas()))
        .flatMap(lines -> lines)
        .toList();
  }

  private static Stream<String> slaves(RedisProcess server) {
    return text(server.command("INFO", "replication"))
        .lines()
        .filter(line -> line.startsWith("slave") && line.contains("ip="))
        .map(line -> line.replaceAll(",(offset|lag)=[0-9]+", ""));
  }

  private static Stream<String> clients(RedisProcess server) {
    return text(server.command("CLIENT", "LIST"))
        .lines()
        .map(
            line ->
                server.port() + " client " + line.replaceAll("^id=(\\d+) addr=(\\S+) .*", "$1 $2"))
        .sorted();
  }

  private static String text(@Nullable Object answer) {
    return String.valueOf(answer);
  }

  private static RedisProcess.Builder server() {
    return RedisProcess.builder()
        .setting("repl-diskless-sync", "yes")
        .setting("repl-diskless-sync-delay", "0");
  }
}
