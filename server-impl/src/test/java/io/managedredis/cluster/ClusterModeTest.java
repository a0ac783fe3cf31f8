package io.managedredis.cluster;

import static io.managedredis.cluster.Declarations.at;
import static io.managedredis.cluster.Declarations.nodes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.cluster.TopologyException.Reason;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A real cluster of three shards with a replica each; each test leaves it whole for the next. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterModeTest {
  private static final Duration AMPLE = Duration.ofSeconds(20);

  private final RedisCluster cluster = RedisCluster.start(3, 1);
  private final TopologyReader reader = new TopologyReader();

  @AfterAll
  void stop() {
    reader.close();
    cluster.close();
  }

  @Test
  @Order(0)
  void anyOneNodeLeadsToAllShardsWithTheirSlots() throws Exception {
    for (RedisProcess node : cluster.nodes()) {
      Topology topology = reader.read(nodes(node), AMPLE);
      assertThat(topology.clusterMode()).isTrue();
      assertThat(topology.sharded()).isTrue();
      assertThat(topology.shards())
          .extracting(Topology.Shard::name)
          .containsExactly("shard-00000", "shard-05461", "shard-10922");
      assertThat(topology.shards())
          .extracting(Topology.Shard::slots)
          .containsExactly(
              List.of(new SlotRange(0, 5460)),
              List.of(new SlotRange(5461, 10921)),
              List.of(new SlotRange(10922, 16383)));
      assertThat(topology.shards()).allSatisfy(shard -> assertThat(shard.nodes()).hasSize(2));
      topology.requireReadable();
    }
  }

  @Test
  @Order(0)
  void eachShardIsReadFromItsReplica() throws Exception {
    Topology topology = read();
    for (int i = 0; i < 3; i++) {
      RedisProcess master = cluster.masters().get(i);
      Topology.Shard shard = topology.shards().get(i);
      boolean asMade = master.info("role").equals("master");
      RedisProcess other = cluster.replicasOf(i).get(0);
      assertThat(shard.sources())
          .extracting(Topology.Node::address)
          .containsExactly(asMade ? at(other) : at(master), asMade ? at(master) : at(other));
      assertThat(shard.masterNodeId())
          .isEqualTo((asMade ? master : other).command("CLUSTER", "MYID"));
    }
  }

  @Test
  @Order(0)
  void twoReadingsOfAClusterAtRestDoNotDiffer() throws Exception {
    assertThat(read().changeSince(read())).isEmpty();
  }

  @Test
  @Order(1)
  void aFailoverChangesMasterAndEpochButNoName() throws Exception {
    Topology before = read();
    RedisProcess replica = cluster.replicasOf(0).get(0);
    // Redis 6.2 waits for ever for an offset of 0.
    cluster.masters().get(0).command("SET", keyOf(cluster.masters().get(0)), "value");
    replica.command("CLUSTER", "FAILOVER");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> replica.info("role").equals("master"));
    cluster.awaitHealthy();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> id(replica).equals(shard(read(), 0).masterNodeId()));
    Topology after = read();
    assertThat(shard(after, 0).name()).isEqualTo("shard-00000");
    assertThat(shard(after, 0).slots()).isEqualTo(shard(before, 0).slots());
    assertThat(shard(after, 0).configEpoch()).isGreaterThan(shard(before, 0).configEpoch());
    assertThat(after.changeSince(before))
        .hasValueSatisfying(
            change -> assertThat(change).contains("master").contains("shard-00000"));
  }

  @Test
  @Order(2)
  void aSlotOnTheMoveIsSeenOnWhicheverNodeKnowsIt() throws Exception {
    Topology before = read();
    RedisProcess source = cluster.masters().get(1);
    RedisProcess target = cluster.masters().get(2);
    source.command("CLUSTER", "SETSLOT", "6000", "MIGRATING", id(target));
    try {
      // The declared node is another one: only the owner itself tells that its slot moves.
      Topology during = reader.read(nodes(target), AMPLE);
      assertThat(during.moving()).containsExactly("[6000->-" + id(target) + "]");
      assertThat(during.changeSince(before))
          .hasValueSatisfying(change -> assertThat(change).contains("6000"));
      TopologyException e = catchThrowableOfType(TopologyException.class, during::requireReadable);
      assertThat(e.reason()).isEqualTo(Reason.MOVING);
      assertThat(e).hasMessageContaining("6000").hasMessageContaining("migration");
    } finally {
      source.command("CLUSTER", "SETSLOT", "6000", "STABLE");
    }
  }

  @Test
  @Order(3)
  void slotsThatNobodyOwnsAreNamed() throws Exception {
    RedisProcess owner = cluster.masters().get(2);
    for (RedisProcess node : cluster.nodes()) {
      node.command("CLUSTER", "DELSLOTS", "16383", "11000", "11001");
    }
    try {
      // Asked of one that has forgotten the slots; gossip does not bring them back.
      Topology topology = reader.read(nodes(owner), AMPLE);
      TopologyException e =
          catchThrowableOfType(TopologyException.class, topology::requireReadable);
      assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
      assertThat(e).hasMessageContaining("11000-11001 16383").hasMessageContaining("no node");
    } finally {
      owner.command("CLUSTER", "ADDSLOTS", "16383", "11000", "11001");
      cluster.awaitHealthy();
    }
  }

  @Test
  @Order(3)
  void aMoveIsSeenAtOnceThroughANodeThatHasNotHeardOfIt() throws Exception {
    RedisProcess unaware = cluster.masters().get(1);
    RedisProcess from = cluster.masters().get(2);
    RedisProcess to = master(0);
    // The highest epoch wins, so the others take the move over as soon as they hear of it.
    to.command("CLUSTER", "BUMPEPOCH");
    Topology before = read();
    move(from, to);
    try {
      // Gossip may or may not have reached it; either way the two that are concerned are asked.
      assertThat(reader.read(nodes(unaware), AMPLE).changeSince(before)).isPresent();
    } finally {
      from.command("CLUSTER", "BUMPEPOCH");
      move(to, from);
    }
    assertThat(reader.read(nodes(unaware), AMPLE).changeSince(before))
        .as("moved away and back")
        .isPresent();
    Awaitility.await().atMost(AMPLE).until(() -> slotsOf(read()).equals(slotsOf(before)));
    assertThat(read().changeSince(before))
        .hasValueSatisfying(change -> assertThat(change).contains("epoch"));
  }

  @Test
  @Order(3)
  void aNodeOfAnotherClusterAmongTheDeclaredIsMisdeclared() {
    try (RedisCluster other = RedisCluster.start(1, 0)) {
      RedisProcess foreign = other.masters().get(0);
      // Its epoch would win, were it asked for that only.
      foreign.command("CLUSTER", "BUMPEPOCH");
      TopologyException e =
          catchThrowableOfType(
              TopologyException.class,
              () -> reader.read(nodes(cluster.masters().get(1), foreign), AMPLE));
      assertThat(e.reason()).isEqualTo(Reason.MISDECLARED);
      assertThat(e).hasMessageContaining("another cluster").hasMessageContaining("c1");
    }
  }

  @Test
  @Order(3)
  void aDeclaredNodeThatWasTakenOutOfTheClusterDoesNotMatter() throws Exception {
    try (RedisProcess removed = RedisProcess.builder().clusterEnabled().start()) {
      Topology topology = reader.read(nodes(removed, cluster.masters().get(1)), AMPLE);
      assertThat(slotsOf(topology)).isEqualTo(slotsOf(read()));
      assertThat(topology.shards()).allSatisfy(shard -> assertThat(shard.nodes()).hasSize(2));
      topology.requireReadable();
    }
  }

  @Test
  @Order(4)
  void aNodeThatWasResetIsNotReadForTheOneThatItWas() throws Exception {
    cluster.replicasOf(1).get(0).command("CLUSTER", "RESET", "HARD");
    Topology topology = read();
    assertThat(shard(topology, 1).sources())
        .extracting(Topology.Node::address)
        .containsExactly(at(cluster.masters().get(1)));
    topology.requireReadable();
  }

  @Test
  @Order(5)
  void aKilledReplicaLeavesTheClusterReadableThroughItsMaster() throws Exception {
    RedisProcess replica = cluster.replicasOf(2).get(0);
    replica.kill();
    Topology topology = read();
    topology.requireReadable();
    assertThat(shard(topology, 2).sources())
        .extracting(Topology.Node::address)
        .containsExactly(at(cluster.masters().get(2)));
    assertThat(shard(topology, 2).nodes()).hasSize(2);
  }

  @Test
  @Order(6)
  void aMasterThatIsGoneLeavesOpenWhoOwnsItsSlots() throws Exception {
    Topology before = read();
    RedisProcess master = cluster.masters().get(2);
    master.kill();
    Topology after = read();
    assertThat(after.changeSince(before))
        .hasValueSatisfying(
            change ->
                assertThat(change)
                    .contains("the master of shard-10922")
                    .contains(master.address()));
  }

  @Test
  @Order(7)
  void aMasterWhoseAddressIsLostKeepsItsShardInTheTopology() throws Exception {
    RedisProcess master = master(0);
    String id = id(master);
    master.command("FLUSHALL");
    master.command("CLUSTER", "RESET", "HARD");
    RedisProcess asked = cluster.masters().get(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                String.valueOf(asked.command("CLUSTER", "NODES"))
                    .lines()
                    .anyMatch(line -> line.startsWith(id + " :0@0 master")));
    Topology topology = read();
    assertThat(shard(topology, 0).masterNodeId()).isEqualTo(id);
    assertThat(shard(topology, 0).slots()).containsExactly(new SlotRange(0, 5460));
    assertThat(topology.unsettled()).anyMatch(why -> why.contains(id) && why.contains("address"));
  }

  /** The master that a shard has now. */
  private RedisProcess master(int shard) {
    RedisProcess made = cluster.masters().get(shard);
    return made.info("role").equals("master") ? made : cluster.replicasOf(shard).get(0);
  }

  /** Tells only the two that are concerned, in a way that they do not broadcast. */
  private static void move(RedisProcess from, RedisProcess to) {
    to.command("CLUSTER", "SETSLOT", "16000", "NODE", id(to));
    from.command("CLUSTER", "SETSLOT", "16000", "NODE", id(to));
  }

  private static List<List<SlotRange>> slotsOf(Topology topology) {
    return topology.shards().stream().map(Topology.Shard::slots).toList();
  }

  private Topology read() throws Exception {
    return reader.read(nodes(cluster.masters().get(1)), AMPLE);
  }

  private static Topology.Shard shard(Topology topology, int index) {
    return topology.shards().get(index);
  }

  /** A key that this node is in charge of. */
  private static String keyOf(RedisProcess node) {
    Object slots = node.command("CLUSTER", "SLOTS");
    if (!(slots instanceof List<?> ranges)) {
      throw new IllegalStateException("no list: " + slots);
    }
    for (int i = 0; ; i++) {
      String key = "key:" + i;
      long slot = (Long) Objects.requireNonNull(node.command("CLUSTER", "KEYSLOT", key));
      for (Object range : ranges) {
        if (range instanceof List<?> parts
            && slot >= (Long) Objects.requireNonNull(parts.get(0))
            && slot <= (Long) Objects.requireNonNull(parts.get(1))
            && parts.get(2) instanceof List<?> owner
            && owner.get(1) instanceof Long port
            && port == node.port()) {
          return key;
        }
      }
    }
  }

  private static String id(RedisProcess node) {
    return String.valueOf(Objects.requireNonNull(node.command("CLUSTER", "MYID")));
  }
}
