package io.managedredis.cluster;

import static io.managedredis.cluster.Declarations.at;
import static io.managedredis.cluster.Declarations.nodes;
import static io.managedredis.cluster.Declarations.shard;
import static io.managedredis.cluster.Declarations.shards;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.cluster.TopologyException.Reason;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.ScriptedServer;
import io.managedredis.testing.TestTls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers that are not in cluster mode, and servers that misbehave. */
class TopologyReaderTest {
  private static final Duration AMPLE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);

  private final TopologyReader reader = new TopologyReader();

  @AfterEach
  void close() {
    reader.close();
  }

  @Test
  void aSingleServerIsOneShardWithoutSlots() throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      Topology topology = reader.read(nodes(redis), AMPLE);
      assertThat(topology.clusterMode()).isFalse();
      assertThat(topology.sharded()).isFalse();
      assertThat(topology.version()).contains("6.2");
      assertThat(topology.shards())
          .singleElement()
          .satisfies(
              shard -> {
                assertThat(shard.name()).isEqualTo("shard1");
                assertThat(shard.slots()).isEmpty();
                assertThat(shard.masterNodeId()).isNull();
                assertThat(addresses(shard)).containsExactly(at(redis));
                assertThat(best(shard)).isEqualTo(at(redis));
              });
      topology.requireReadable();
    }
  }

  @Test
  void aHealthyReplicaIsReadBeforeTheMaster() throws Exception {
    try (RedisProcess master = master();
        RedisProcess replica = replica(master)) {
      Topology.Shard shard = reader.read(nodes(master, replica), AMPLE).shards().get(0);
      assertThat(shard.sources())
          .extracting(Topology.Node::address)
          .containsExactly(at(replica), at(master));
    }
  }

  @Test
  void aNodeThatDripsItsAnswerToTheFirstCommandIsGivenUpAndLetGo() throws Exception {
    ScheduledExecutorService drops = Executors.newSingleThreadScheduledExecutor();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<IOException> letGo = new CompletableFuture<>();
      drops.execute(
          () -> {
            try {
              OutputStream out = listener.accept().getOutputStream();
              ScheduledFuture<?> dripping =
                  drops.scheduleAtFixedRate(
                      () -> {
                        try {
                          out.write('+');
                        } catch (IOException e) {
                          letGo.complete(e);
                        }
                      },
                      0,
                      20,
                      TimeUnit.MILLISECONDS);
              var unused = letGo.whenComplete((e, none) -> dripping.cancel(false));
            } catch (IOException e) {
              letGo.completeExceptionally(e);
            }
          });
      TopologyException e =
          catchThrowableOfType(
              TopologyException.class,
              () ->
                  reader.read(
                      nodes(List.of(at(listener.getLocalPort())), new Credentials(null, "secret")),
                      SHORT));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(letGo.get(AMPLE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    } finally {
      drops.shutdownNow();
    }
  }

  @Test
  void aNodeBehindTlsIsAskedThroughTls() throws Exception {
    TestTls tls = TestTls.forName("ip:127.0.0.1");
    try (RedisProcess redis = RedisProcess.builder().password("secret").start();
        FaultProxy secured = FaultProxy.to(redis.port(), tls.serverSockets())) {
      Topology topology = reader.read(securely(secured.port(), tls), AMPLE);
      assertThat(topology.version()).contains("6.2");
      topology.requireReadable();
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    TestTls tls = TestTls.forName("dns:elsewhere.example");
    try (RedisProcess redis = RedisProcess.builder().password("secret").start();
        FaultProxy secured = FaultProxy.to(redis.port(), tls.serverSockets())) {
      TopologyException e =
          catchThrowableOfType(
              TopologyException.class, () -> reader.read(securely(secured.port(), tls), AMPLE));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e)
          .hasMessageContaining("TLS")
          .hasMessageContaining("for another name")
          .hasMessageContaining("caFile");
    }
  }

  private static ClusterDeclaration securely(int port, TestTls tls) {
    return new ClusterDeclaration(
        "c1",
        "f1",
        "demo",
        List.of(at(port)),
        List.of(),
        new Credentials(null, "secret"),
        tls.clientSockets());
  }

  @Test
  void tlsAgainstAPlainPortSaysSo() {
    try (RedisProcess redis = RedisProcess.start()) {
      ClusterDeclaration cluster =
          new ClusterDeclaration(
              "c1",
              "f1",
              "demo",
              List.of(at(redis)),
              List.of(),
              null,
              TestTls.forName("ip:127.0.0.1").clientSockets());
      TopologyException e =
          catchThrowableOfType(TopologyException.class, () -> reader.read(cluster, SHORT));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e).hasMessageContaining(redis.address()).hasMessageContaining("TLS");
    }
  }

  @Test
  void aReplicaThatNobodyDeclaredIsFoundThroughItsMaster() throws Exception {
    try (RedisProcess master = master();
        RedisProcess replica = replica(master)) {
      awaitOnline(master);
      Topology.Shard shard = reader.read(nodes(master), AMPLE).shards().get(0);
      assertThat(addresses(shard)).containsExactly(at(master), at(replica));
      assertThat(best(shard)).isEqualTo(at(replica));
    }
  }

  @Test
  void aReplicaDeclaredByNameIsNotCountedTwice() throws Exception {
    try (RedisProcess master = master();
        RedisProcess replica = replica(master)) {
      awaitOnline(master);
      ClusterDeclaration byName =
          nodes(List.of(at(master), new NodeAddress("localhost", replica.port())), null);
      assertThat(reader.read(byName, AMPLE).shards().get(0).nodes()).hasSize(2);
    }
  }

  @Test
  void aReplicaWhoseLinkIsDownIsNoSource() throws Exception {
    try (RedisProcess master = master();
        RedisProcess replica = replica(master)) {
      replica.command("REPLICAOF", "127.0.0.1", String.valueOf(freePort()));
      Topology.Shard shard = reader.read(nodes(master, replica), AMPLE).shards().get(0);
      assertThat(shard.sources()).extracting(Topology.Node::address).containsExactly(at(master));
    }
  }

  @Test
  void aLoneReplicaWithoutItsMasterIsNotReadable() throws Exception {
    try (RedisProcess replica = RedisProcess.start()) {
      replica.command("REPLICAOF", "127.0.0.1", String.valueOf(freePort()));
      Topology topology = reader.read(nodes(replica), AMPLE);
      TopologyException e =
          catchThrowableOfType(TopologyException.class, topology::requireReadable);
      assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
      assertThat(e)
          .hasMessageContaining("shard1")
          .hasMessageContaining(replica.address())
          .hasMessageContaining("without a link to its master");
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsPartOfTheResult() throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      NodeAddress nobody = at(freePort());
      Topology.Shard shard =
          reader.read(nodes(List.of(at(redis), nobody), null), AMPLE).shards().get(0);
      assertThat(shard.nodes())
          .filteredOn(node -> node.address().equals(nobody))
          .singleElement()
          .satisfies(
              node -> {
                assertThat(node.info()).isNull();
                assertThat(node.trouble()).hasMessageContaining("connection refused");
              });
      assertThat(best(shard)).isEqualTo(at(redis));
    }
  }

  @Test
  void twoMastersInOneShardAreMisdeclared() {
    try (RedisProcess one = RedisProcess.start();
        RedisProcess other = RedisProcess.start()) {
      TopologyException e = failure(shards(shard("left", one, other)));
      assertThat(e.reason()).isEqualTo(Reason.MISDECLARED);
      assertThat(e)
          .hasMessageContaining(one.address())
          .hasMessageContaining(other.address())
          .hasMessageContaining("left");
    }
  }

  @Test
  void declaredShardsKeepTheirNamesAndComeByName() throws Exception {
    try (RedisProcess one = RedisProcess.start();
        RedisProcess other = RedisProcess.start()) {
      Topology topology = reader.read(shards(shard("zeta", one), shard("alpha", other)), AMPLE);
      assertThat(topology.shards())
          .extracting(Topology.Shard::name)
          .containsExactly("alpha", "zeta");
      assertThat(topology.sharded()).isTrue();
      assertThat(best(topology.shards().get(0))).isEqualTo(at(other));
    }
  }

  @Test
  void declaredShardsOnNodesInClusterModeAreMisdeclared() {
    try (RedisProcess node = RedisProcess.builder().clusterEnabled().start()) {
      TopologyException e = failure(shards(shard("left", node)));
      assertThat(e.reason()).isEqualTo(Reason.MISDECLARED);
      assertThat(e).hasMessageContaining(node.address()).hasMessageContaining("nodes");
    }
  }

  @Test
  void nobodyAnsweringIsUnreachableAndNamesEveryNode() throws Exception {
    NodeAddress one = at(freePort());
    NodeAddress other = at(freePort());
    TopologyException e = failure(nodes(List.of(one, other), null));
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e)
        .hasMessageContaining("shard1")
        .hasMessageContaining(one.toString())
        .hasMessageContaining(other.toString())
        .hasMessageContaining("Check that the node runs");
  }

  @Test
  void anUnknownHostIsUnreachable() {
    TopologyException e =
        failure(nodes(List.of(new NodeAddress("no-such-host.invalid", 6379)), null));
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e).hasMessageContaining("no-such-host.invalid:6379");
  }

  @ParameterizedTest
  @CsvSource(
      value = {"wr0ngsecret, does not accept the password", "-, wants a password"},
      nullValues = "-")
  void aWrongOrMissingPasswordIsToldWithoutIt(@Nullable String password, String message) {
    try (RedisProcess redis = RedisProcess.builder().password("right").start()) {
      TopologyException e =
          failure(
              nodes(List.of(at(redis)), password == null ? null : new Credentials(null, password)));
      assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(e)
          .hasMessageContaining(redis.address())
          .hasMessageContaining(message)
          .hasMessageNotContaining("wr0ngsecret");
    }
  }

  @Test
  void aPasswordForAServerThatHasNoneIsAnAuthenticationError() {
    try (RedisProcess redis = RedisProcess.start()) {
      TopologyException e = failure(nodes(List.of(at(redis)), new Credentials(null, "surplus1")));
      assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(e).hasMessageNotContaining("surplus1");
    }
  }

  @Test
  void aUserThatMayNotAskIsToldWhatToGrant() {
    try (RedisProcess redis = RedisProcess.start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync", "+replconf");
      TopologyException e = failure(nodes(List.of(at(redis)), new Credentials("backup", "pw")));
      assertThat(e.reason()).isEqualTo(Reason.DENIED);
      assertThat(e).hasMessageContaining("\"backup\"").hasMessageContaining("+info");
    }
  }

  @Test
  void theDocumentedRightsAreEnough() throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync", "+replconf", "+info");
      Topology topology =
          reader.read(nodes(List.of(at(redis)), new Credentials("backup", "pw")), AMPLE);
      topology.requireReadable();
    }
  }

  @Test
  void aServerThatAcceptsAndNeverAnswersCostsNoMoreThanItsTime() {
    try (ScriptedServer silent = ScriptedServer.script().start()) {
      long start = System.nanoTime();
      TopologyException e =
          catchThrowableOfType(
              TopologyException.class,
              () -> reader.read(nodes(List.of(at(silent.port())), null), SHORT));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e).hasMessageContaining("127.0.0.1:" + silent.port());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT.multipliedBy(8));
      Awaitility.await().until(() -> silent.openConnections() == 0);
    }
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUpAndItsConnectionClosed() {
    // Something comes all the time, so no read ever times out, but the line has no end.
    try (ScriptedServer endless = ScriptedServer.script().answer("+").thenForever("x").start()) {
      TopologyException e = failure(nodes(List.of(at(endless.port())), null), SHORT);
      assertThat(e).hasMessageContaining("127.0.0.1:" + endless.port());
      Awaitility.await().until(() -> endless.openConnections() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"$500000000000\r\n", "$-7\r\n", "$2147483647\r\n", "*9\r\n?\r\n", ":x\r\n"})
  void anAbsurdLengthIsAnErrorThatNamesTheNode(String answer) {
    try (ScriptedServer absurd = ScriptedServer.script().answer(answer).start()) {
      TopologyException e = failure(nodes(List.of(at(absurd.port())), null), SHORT);
      assertThat(e).hasMessageContaining("127.0.0.1:" + absurd.port());
      Awaitility.await().until(() -> absurd.openConnections() == 0);
    }
  }

  @Test
  void anAnswerThatStallsHalfwayIsGivenUp() {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.stallAfter(500);
      long start = System.nanoTime();
      TopologyException e =
          catchThrowableOfType(
              TopologyException.class,
              () -> reader.read(nodes(List.of(at(proxy.port())), null), SHORT));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT.multipliedBy(8));
      proxy.none();
      Awaitility.await().until(() -> proxy.openSockets() == 0);
    }
  }

  @Test
  void aServerThatTalksNonsenseIsAnErrorThatNamesIt() {
    try (ScriptedServer http = ScriptedServer.script().answer("HTTP/1.1 400\r\n\r\n").start()) {
      TopologyException e = failure(nodes(List.of(at(http.port())), null));
      assertThat(e).hasMessageContaining("127.0.0.1:" + http.port());
    }
  }

  private static RedisProcess master() {
    return RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  }

  private static RedisProcess replica(RedisProcess master) {
    RedisProcess replica =
        RedisProcess.builder().setting("repl-diskless-sync-delay", "0").replicaOf(master).start();
    Awaitility.await().until(() -> replica.info("master_link_status").equals("up"));
    return replica;
  }

  private static void awaitOnline(RedisProcess master) {
    Awaitility.await().until(() -> master.info("slave0").contains("state=online"));
  }

  private static List<NodeAddress> addresses(Topology.Shard shard) {
    return shard.nodes().stream().map(Topology.Node::address).toList();
  }

  private static NodeAddress best(Topology.Shard shard) {
    return shard.sources().get(0).address();
  }

  private TopologyException failure(ClusterDeclaration cluster) {
    return failure(cluster, AMPLE);
  }

  private TopologyException failure(ClusterDeclaration cluster, Duration timeout) {
    return catchThrowableOfType(TopologyException.class, () -> reader.read(cluster, timeout));
  }

  /** A port where nobody listens. */
  private static int freePort() throws java.io.IOException {
    try (java.net.ServerSocket socket =
        new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
