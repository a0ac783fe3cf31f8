package io.managedredis.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real cluster whose masters hold equal shares of the slots, in order, with as many replicas each
 * as asked for.
 */
public final class RedisCluster implements AutoCloseable {
  /** All slots of a cluster. */
  public static final int SLOTS = 16384;

  private static final Duration FORM = Duration.ofSeconds(60);

  private final List<RedisProcess> masters = new ArrayList<>();
  private final List<RedisProcess> replicas = new ArrayList<>();
  private final int replicasEach;

  private RedisCluster(int replicasEach) {
    this.replicasEach = replicasEach;
  }

  /** Starts the nodes with default settings, and waits until all agree that the cluster is up. */
  public static RedisCluster start(int masters, int replicasEach) {
    return start(masters, replicasEach, RedisProcess::builder);
  }

  /** The same with nodes of one's own setup; cluster mode is added to it. */
  public static RedisCluster start(
      int masters, int replicasEach, Supplier<RedisProcess.Builder> node) {
    RedisCluster cluster = new RedisCluster(replicasEach);
    try {
      for (int i = 0; i < masters; i++) {
        cluster.masters.add(node.get().clusterEnabled().start());
      }
      for (int i = 0; i < masters * replicasEach; i++) {
        cluster.replicas.add(node.get().clusterEnabled().start());
      }
      cluster.form();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void form() {
    List<RedisProcess> nodes = nodes();
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
    }
    for (int i = 0; i < masters.size(); i++) {
      masters.get(i).command(addSlots(firstSlot(i), firstSlot(i + 1)));
    }
    String port = String.valueOf(masters.get(0).port());
    for (RedisProcess node : nodes.subList(1, nodes.size())) {
      node.command("CLUSTER", "MEET", "127.0.0.1", port);
    }
    await("all nodes know each other", node -> clusterInfo(node, "cluster_known_nodes:" + size()));
    for (int i = 0; i < replicas.size(); i++) {
      Object master = masters.get(i / replicasEach).command("CLUSTER", "MYID");
      replicas.get(i).command("CLUSTER", "REPLICATE", String.valueOf(master));
    }
    awaitHealthy();
    // Until gossip has told it, a master ignores its replica's wish for a failover.
    await("all nodes know who is a replica", node -> knownReplicas(node) == replicas.size());
    await(
        "all masters have their replicas",
        node ->
            !node.info("role").equals("master")
                || node.info("connected_slaves").equals(String.valueOf(replicasEach)));
  }

  /** Waits until all living nodes see the cluster as up, and all replicas follow their masters. */
  public void awaitHealthy() {
    await(
        "the cluster is up",
        node ->
            clusterInfo(node, "cluster_state:ok")
                && clusterInfo(node, "cluster_slots_assigned:" + SLOTS)
                && (!node.info("role").equals("slave")
                    || node.info("master_link_status").equals("up")));
  }

  /** The first slot of the i-th master as the cluster was made; {@link #SLOTS} after the last. */
  public int firstSlot(int master) {
    return master * SLOTS / masters.size();
  }

  /** The nodes that were made masters, in the order of their slots. */
  public List<RedisProcess> masters() {
    return List.copyOf(masters);
  }

  /** The nodes that were made replicas of the i-th master. */
  public List<RedisProcess> replicasOf(int master) {
    return List.copyOf(replicas.subList(master * replicasEach, (master + 1) * replicasEach));
  }

  /** All nodes, masters first. */
  public List<RedisProcess> nodes() {
    return Stream.concat(masters.stream(), replicas.stream()).toList();
  }

  private int size() {
    return masters.size() + replicas.size();
  }

  private void await(String what, Predicate<RedisProcess> condition) {
    Awaitility.await(what)
        .atMost(FORM)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> nodes().stream().filter(RedisProcess::isAlive).allMatch(condition));
  }

  private static long knownReplicas(RedisProcess node) {
    return String.valueOf(node.command("CLUSTER", "NODES"))
        .lines()
        .filter(line -> line.contains("slave "))
        .count();
  }

  private static boolean clusterInfo(RedisProcess node, String line) {
    return String.valueOf(node.command("CLUSTER", "INFO")).lines().anyMatch(line::equals);
  }

  private static String[] addSlots(int from, int to) {
    return Stream.concat(
            Stream.of("CLUSTER", "ADDSLOTS"), IntStream.range(from, to).mapToObj(String::valueOf))
        .toArray(String[]::new);
  }

  @Override
  public void close() {
    RuntimeException failed = null;
    for (RedisProcess node : nodes()) {
      try {
        node.close();
      } catch (RuntimeException e) {
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
