package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.backup.BackupFailedException.Reason;
import io.managedredis.backup.MidCapture.Incident;
import io.managedredis.backup.MidCapture.Moment;
import io.managedredis.capture.Cancellation;
import io.managedredis.capture.SnapshotClient;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.Topology;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.SlotRange;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * What happens to a cluster while it is read: the backup's slots and data fit together, or there is
 * none. Each test leaves the cluster whole for the next, until the last one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class TopologyFaultsTest {
  private static final int KEYS = 3000;
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final Map<String, List<SlotRange>> AS_MADE =
      Map.of(
          "shard-00000", List.of(new SlotRange(0, 5460)),
          "shard-05461", List.of(new SlotRange(5461, 10921)),
          "shard-10922", List.of(new SlotRange(10922, 16383)));

  /** A slot of the third shard, though not its first, which names it. */
  private static final int MOVED = slotOfAKeyBeyond(13000);

  private static final int MOVED_TOO = slotOfAKeyBeyond(MOVED + 1);

  private final RedisCluster cluster = RedisCluster.start(3, 1, TopologyFaultsTest::node);

  @TempDir private Path folder = Path.of("");
  private Workbench bench;

  @BeforeAll
  void fill() {
    for (int i = 0; i < KEYS; i++) {
      int slot = JedisClusterCRC16.getSlot("key:" + i);
      int shard = slot < cluster.firstSlot(1) ? 0 : slot < cluster.firstSlot(2) ? 1 : 2;
      cluster.masters().get(shard).command("SET", "key:" + i, "value " + i + " ".repeat(300));
    }
    cluster.masters().forEach(master -> master.command("WAIT", "1", "10000"));
  }

  @BeforeEach
  void open() throws IOException {
    bench = new Workbench(folder);
    cluster.nodes().stream().filter(node -> !node.isAlive()).forEach(RedisProcess::restart);
    awaitWhole();
  }

  @AfterEach
  void close() throws IOException {
    for (int slot : List.of(MOVED, MOVED_TOO)) {
      if (!Long.valueOf(0).equals(master(0).command("CLUSTER", "COUNTKEYSINSLOT", text(slot)))) {
        move(slot, 0, 2);
      }
    }
    bench.close();
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void aFailoverDuringTheCaptureIsOvercomeByAnotherAttempt() throws Exception {
    Outcome outcome =
        take(
            Moment.FIRST_BYTES,
            attempt -> {
              if (attempt == 1) {
                failOver(0);
              }
            });
    assertThat(outcome.attempts()).isEqualTo(2);
    assertThat(slots(fitting(outcome))).isEqualTo(AS_MADE);
  }

  @Test
  @Order(1)
  void namesAndSlotsStayTheSameAfterAFailoverAndInAnotherOrder() throws Exception {
    List<RedisProcess> nodes = new ArrayList<>(cluster.nodes());
    Manifest before = bench.take(declared(nodes));
    RedisProcess master = master(2);
    failOver(2);
    awaitWhole();
    Collections.reverse(nodes);
    Manifest after = bench.take(declared(nodes));
    assertThat(before.shards().stream().map(ShardManifest::name))
        .containsExactlyElementsOf(after.shards().stream().map(ShardManifest::name).toList());
    assertThat(slots(before)).isEqualTo(slots(after)).isEqualTo(AS_MADE);
    assertThat(master(2)).isNotSameAs(master);
  }

  @Test
  @Order(2)
  void keysThatMoveToAShardAlreadyReadAreThereAfterAnotherAttempt() throws Exception {
    Outcome outcome =
        take(
            Moment.FIRST_SHARD,
            attempt -> {
              if (attempt == 1) {
                move(MOVED, 2, 0);
              }
            });
    assertThat(outcome.attempts()).isEqualTo(2);
    assertThat(slots(fitting(outcome)).get("shard-00000"))
        .containsExactly(new SlotRange(0, 5460), new SlotRange(MOVED, MOVED));
  }

  @Test
  @Order(2)
  void aMoveThatTheDeclaredNodeHasNotHeardOfIsNoticed() throws Exception {
    // Gossip takes some time to get there; until then this node tells the old map.
    ClusterDeclaration unaware = declared(List.of(master(1)));
    // The highest epoch wins, so the others take the move over as soon as they hear of it.
    master(0).command("CLUSTER", "BUMPEPOCH");
    Outcome outcome =
        take(
            unaware,
            6,
            Moment.FIRST_SHARD,
            attempt -> {
              if (attempt == 1) {
                moveKeys(MOVED, 2, 0);
                // Who ends an import broadcasts it; this one only has the slot, and waits for
                // gossip.
                master(0).command("CLUSTER", "SETSLOT", text(MOVED), "STABLE");
                setOwner(MOVED, master(0), List.of(master(0), master(2)));
              }
            });
    assertThat(slots(fitting(outcome)).get("shard-00000"))
        .containsExactly(new SlotRange(0, 5460), new SlotRange(MOVED, MOVED));
  }

  @Test
  @Order(2)
  void aMoveInEveryAttemptFailsAfterTheLast() throws Exception {
    Outcome outcome =
        take(
            Moment.FIRST_SHARD,
            attempt -> {
              switch (attempt) {
                case 1 -> move(MOVED, 2, 0);
                case 2 -> move(MOVED_TOO, 2, 0);
                default -> move(MOVED, 0, 2);
              }
            });
    assertThat(outcome.attempts()).isEqualTo(3);
    BackupFailedException failure = failed(outcome, Reason.TOPOLOGY_CHANGED);
    assertThat(failure)
        .hasMessageContaining("the slots of shard shard-00000 changed")
        .hasMessageContaining("tried 3 times");
  }

  @Test
  @Order(2)
  void aSlotLeftOpenFailsUntilItIsClosed() throws Exception {
    RedisProcess from = master(2);
    RedisProcess to = master(0);
    Outcome outcome =
        take(
            Moment.FIRST_SHARD,
            attempt -> {
              to.command("CLUSTER", "SETSLOT", text(MOVED), "IMPORTING", id(from));
              from.command("CLUSTER", "SETSLOT", text(MOVED), "MIGRATING", id(to));
            });
    assertThat(outcome.attempts()).isEqualTo(1);
    assertThat(failed(outcome, Reason.TOPOLOGY_CHANGED)).hasMessageContaining("[" + MOVED + "-");
    to.command("CLUSTER", "SETSLOT", text(MOVED), "STABLE");
    from.command("CLUSTER", "SETSLOT", text(MOVED), "STABLE");
    fitting(take(Moment.FIRST_BYTES, attempt -> {}));
  }

  @Test
  @Order(3)
  void aReplicaThatDiesWhileItIsReadIsReplacedByItsMaster() throws Exception {
    RedisProcess replica = replica(1);
    // Microseconds per key: the save takes longer than the test needs to kill it.
    replica.command("CONFIG", "SET", "rdb-key-save-delay", "3000");
    Outcome outcome =
        take(
            Moment.FIRST_BYTES,
            attempt -> {
              if (attempt == 1) {
                awaitReading(replica);
                replica.kill();
              }
            });
    assertThat(outcome.attempts()).isEqualTo(2);
    assertThat(shard(fitting(outcome), 1).node()).isEqualTo(master(1).address());
    // And one that is dead before the backup costs no attempt.
    Outcome next = take(Moment.FIRST_BYTES, attempt -> {});
    assertThat(next.attempts()).isEqualTo(1);
    assertThat(shard(fitting(next), 1).role()).isEqualTo("master");
  }

  @Test
  @Order(3)
  void aMasterThatDiesWhileItsReplicaIsReadIsReplacedByIt() throws Exception {
    RedisProcess master = master(1);
    RedisProcess replica = replica(1);
    Outcome outcome =
        take(
            Moment.FIRST_BYTES,
            attempt -> {
              if (attempt == 1) {
                master.kill();
                awaitSettled();
              }
            });
    assertThat(outcome.attempts()).isEqualTo(2);
    assertThat(shard(fitting(outcome), 1).node()).isEqualTo(replica.address());
  }

  @Test
  @Order(3)
  void aMasterThatDiesWithoutAWaitForItsReplicaMakesNoWrongBackup() throws Exception {
    RedisProcess master = master(0);
    Outcome outcome =
        take(
            Moment.FIRST_BYTES,
            attempt -> {
              if (attempt == 1) {
                master.kill();
              }
            });
    if (outcome.manifest() == null) {
      failed(outcome, Reason.NOT_READY, Reason.TOPOLOGY_CHANGED, Reason.INTERRUPTED_SNAPSHOT);
    } else {
      assertThat(slots(fitting(outcome))).isEqualTo(AS_MADE);
    }
    // Only then it may come back: without its data, it must not be the master any more.
    awaitSettled();
  }

  @Test
  @Order(4)
  void aShardWhoseLastNodeDiesWhileItIsReadFailsAndIsNamed() throws Exception {
    replica(2).kill();
    RedisProcess master = master(2);
    master.command("CONFIG", "SET", "rdb-key-save-delay", "3000");
    Outcome outcome =
        take(
            Moment.FIRST_BYTES,
            attempt -> {
              awaitReading(master);
              master.kill();
            });
    assertThat(outcome.attempts()).isEqualTo(1);
    assertThat(failed(outcome, Reason.UNREACHABLE))
        .hasMessageContaining("Shard shard-10922 has no node to read from")
        .hasMessageContaining(master.address())
        .hasMessageContaining("tried 3 times")
        .hasMessageContaining("the first time: Shard shard-10922: " + master.address());
  }

  /**
   * What became of a backup.
   *
   * @param attempts how many of its attempts got as far as reading data
   */
  private record Outcome(
      @Nullable Manifest manifest, @Nullable BackupFailedException failure, int attempts) {}

  private Outcome take(Moment moment, Incident incident) throws Exception {
    return take(declared(cluster.nodes()), 3, moment, incident);
  }

  /** One shard after the other, so that there is a before and an after. */
  private Outcome take(ClusterDeclaration declared, int attempts, Moment moment, Incident incident)
      throws Exception {
    MidCapture progress = new MidCapture(moment, incident);
    BackupTaker taker =
        new BackupTaker(
            bench.topologies,
            new SnapshotClient(Workbench.deadlines()),
            bench.repository,
            new Listing(bench.repository, bench.catalog.backups()),
            new BackupTaker.Policy(
                moment == Moment.FIRST_SHARD ? 1 : 3,
                attempts,
                Duration.ofSeconds(5),
                Duration.ofMillis(500)));
    try {
      Manifest manifest = taker.take(Workbench.order(declared), progress, new Cancellation());
      return new Outcome(manifest, null, progress.attempts());
    } catch (BackupFailedException e) {
      return new Outcome(null, e, progress.attempts());
    }
  }

  /** The backup, with every slot owned once and every key in it once, in a slot of its shard. */
  private Manifest fitting(Outcome outcome) throws IOException {
    assertThat(outcome.failure()).isNull();
    Manifest manifest = Objects.requireNonNull(outcome.manifest());
    BitSet covered = new BitSet();
    List<String> keys = new ArrayList<>();
    for (ShardManifest shard : manifest.shards()) {
      BitSet own = new BitSet();
      shard.slots().forEach(range -> own.set(range.from(), range.to() + 1));
      assertThat(covered.intersects(own)).isFalse();
      covered.or(own);
      try (RedisProcess copy = bench.load(manifest, shard)) {
        List<String> held = keys(copy);
        assertThat(held)
            .allMatch(key -> own.get(JedisClusterCRC16.getSlot(key)), "in a slot of " + shard);
        keys.addAll(held);
      }
    }
    assertThat(covered.cardinality()).isEqualTo(RedisCluster.SLOTS);
    assertThat(keys)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, KEYS).mapToObj(i -> "key:" + i).toList());
    return manifest;
  }

  private BackupFailedException failed(Outcome outcome, Reason... reasons) throws IOException {
    assertThat(outcome.manifest()).isNull();
    BackupFailedException failure = Objects.requireNonNull(outcome.failure());
    assertThat(failure.reason()).isIn((Object[]) reasons);
    assertThat(bench.stored()).isEmpty();
    assertThat(bench.listed()).isEmpty();
    assertThat(bench.repository.leftovers()).isEmpty();
    return failure;
  }

  private static List<String> keys(RedisProcess server) {
    if (!(server.command("KEYS", "*") instanceof List<?> keys)) {
      throw new IllegalStateException("no list of keys");
    }
    return keys.stream().map(String::valueOf).toList();
  }

  private static Map<String, List<SlotRange>> slots(Manifest manifest) {
    return manifest.shards().stream()
        .collect(Collectors.toMap(ShardManifest::name, ShardManifest::slots));
  }

  private static ShardManifest shard(Manifest manifest, int index) {
    return manifest.shards().get(index);
  }

  /** Waits until each shard has a master and a replica that follows it, too. */
  private void awaitWhole() {
    Awaitility.await()
        .atMost(AMPLE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(
            () -> IntStream.range(0, 3).allMatch(shard -> follows(replica(shard), master(shard))));
    awaitSettled();
  }

  /** A master holds back what it has for a replica until that one has acknowledged its snapshot. */
  private static boolean follows(RedisProcess replica, RedisProcess master) {
    return replica.info("master_link_status").equals("up")
        && replica.info("slave_repl_offset").equals(master.info("master_repl_offset"));
  }

  /** Waits until all masters answer and agree on who owns what. */
  private void awaitSettled() {
    Awaitility.await()
        .atMost(AMPLE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(
            () -> {
              topology().requireReadable();
              return true;
            });
  }

  private Topology topology() throws Exception {
    return bench.topologies.read(
        declared(cluster.nodes().stream().filter(RedisProcess::isAlive).toList()), AMPLE);
  }

  /** The living master of the shard that was made at this place, by the cluster's own account. */
  private RedisProcess master(int shard) {
    return node(shard, "master");
  }

  private RedisProcess replica(int shard) {
    return node(shard, "slave");
  }

  private RedisProcess node(int shard, String role) {
    return Stream.of(cluster.masters().get(shard), cluster.replicasOf(shard).get(0))
        .filter(RedisProcess::isAlive)
        .filter(node -> node.info("role").equals(role))
        .findFirst()
        .orElseThrow();
  }

  private void failOver(int shard) {
    RedisProcess replica = replica(shard);
    replica.command("CLUSTER", "FAILOVER");
    Awaitility.await().atMost(AMPLE).until(() -> replica.info("role").equals("master"));
    awaitSettled();
  }

  /** Moves a slot with its keys and tells every master, the way redis-cli does it. */
  private void move(int slot, int from, int to) {
    moveKeys(slot, from, to);
    setOwner(slot, master(to), List.of(master(to), master(from), master(3 - from - to)));
  }

  private void moveKeys(int slot, int from, int to) {
    RedisProcess source = master(from);
    RedisProcess target = master(to);
    target.command("CLUSTER", "SETSLOT", text(slot), "IMPORTING", id(source));
    source.command("CLUSTER", "SETSLOT", text(slot), "MIGRATING", id(target));
    List<String> command =
        new ArrayList<>(
            List.of("MIGRATE", "127.0.0.1", text(target.port()), "", "0", "5000", "KEYS"));
    if (source.command("CLUSTER", "GETKEYSINSLOT", text(slot), "1000") instanceof List<?> keys) {
      assertThat(keys).isNotEmpty();
      keys.forEach(key -> command.add(String.valueOf(key)));
    }
    assertThat(source.command(command.toArray(String[]::new))).isEqualTo("OK");
  }

  private static void setOwner(int slot, RedisProcess owner, List<RedisProcess> told) {
    told.forEach(node -> node.command("CLUSTER", "SETSLOT", text(slot), "NODE", id(owner)));
  }

  private static void awaitReading(RedisProcess source) {
    Awaitility.await()
        .atMost(AMPLE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> source.info("rdb_bgsave_in_progress").equals("1"));
  }

  private static ClusterDeclaration declared(List<RedisProcess> nodes) {
    return Workbench.nodes(nodes.stream().mapToInt(RedisProcess::port).toArray());
  }

  private static String id(RedisProcess node) {
    return String.valueOf(Objects.requireNonNull(node.command("CLUSTER", "MYID")));
  }

  private static String text(int number) {
    return String.valueOf(number);
  }

  private static int slotOfAKeyBeyond(int slot) {
    return IntStream.range(0, KEYS)
        .map(i -> JedisClusterCRC16.getSlot("key:" + i))
        .filter(s -> s >= slot)
        .min()
        .orElseThrow();
  }

  private static RedisProcess.Builder node() {
    return RedisProcess.builder()
        .setting("cluster-node-timeout", "1500")
        .setting("repl-diskless-sync", "yes")
        .setting("repl-diskless-sync-delay", "0");
  }
}
