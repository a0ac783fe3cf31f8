package io.managedredis.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks the nodes of a cluster which shards there are and how each node is. Thread-safe. */
public final class TopologyReader implements AutoCloseable {

  private static final int PROBES_AT_ONCE = 32;

  private final ExecutorService probes;

  /** A reader with threads of its own, which end with {@link #close}. */
  public TopologyReader() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            PROBES_AT_ONCE,
            PROBES_AT_ONCE,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "probe-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    this.probes = pool;
  }

  /**
   * Reads the topology.
   *
   * @param timeout for each node to answer; the whole takes at most about three times as long
   * @throws TopologyException when the shards can't be told: no declared node answers, or the nodes
   *     are not what the declaration says. A single node that does not answer is part of the result
   * @throws InterruptedException when the calling thread is interrupted
   */
  public Topology read(ClusterDeclaration cluster, Duration timeout)
      throws TopologyException, InterruptedException {
    try {
      return cluster.shards().isEmpty() ? discover(cluster, timeout) : declared(cluster, timeout);
    } catch (TopologyException e) {
      throw e.shownBy(cluster);
    }
  }

  private Topology discover(ClusterDeclaration cluster, Duration timeout)
      throws TopologyException, InterruptedException {
    Map<NodeAddress, NodeProbe.Answer> answers = ask(cluster, cluster.nodes(), timeout);
    List<NodeProbe.Answer> inClusterMode =
        answers.values().stream().filter(a -> a.slotMap() != null).toList();
    if (!inClusterMode.isEmpty()) {
      SlotMap newest = newest(inClusterMode);
      requireOneCluster(cluster, inClusterMode, newest);
      return new ClusterModeReading(newest, addresses -> ask(cluster, addresses, timeout))
          .topology();
    }
    if (answers.values().stream().allMatch(a -> a.node().info() == null)) {
      throw silent(cluster, answers.values());
    }
    return new Topology(
        false,
        List.of(shard(cluster, ClusterDeclaration.ONLY_SHARD, cluster.nodes(), answers, timeout)),
        List.of(),
        List.of());
  }

  private Topology declared(ClusterDeclaration cluster, Duration timeout)
      throws TopologyException, InterruptedException {
    Map<NodeAddress, NodeProbe.Answer> answers =
        ask(cluster, cluster.shards().stream().flatMap(s -> s.nodes().stream()).toList(), timeout);
    for (NodeProbe.Answer answer : answers.values()) {
      if (answer.slotMap() != null) {
        throw new TopologyException(
            TopologyException.Reason.MISDECLARED,
            answer.node().address()
                + " runs in cluster mode, but the shards of "
                + cluster.id()
                + " are declared by hand. Declare any of its nodes under nodes instead.");
      }
    }
    List<Topology.Shard> shards = new ArrayList<>();
    for (ClusterDeclaration.ShardDeclaration shard : cluster.shards()) {
      shards.add(shard(cluster, shard.name(), shard.nodes(), answers, timeout));
    }
    shards.sort(Comparator.comparing(Topology.Shard::name));
    return new Topology(false, List.copyOf(shards), List.of(), List.of());
  }

  /** A node that was taken away, and put into another cluster, would lead to foreign data. */
  private static void requireOneCluster(
      ClusterDeclaration cluster, List<NodeProbe.Answer> answers, SlotMap newest)
      throws TopologyException {
    for (NodeProbe.Answer answer : answers) {
      SlotMap map = answer.slotMap();
      if (map != null && !map.owners().isEmpty() && !map.sameCluster(newest)) {
        throw new TopologyException(
            TopologyException.Reason.MISDECLARED,
            answer.node().address()
                + " belongs to another cluster than other nodes declared for "
                + cluster.id()
                + ". Declare only nodes of one cluster.");
      }
    }
  }

  /** The view with the highest epoch knows of the latest failover. */
  private static SlotMap newest(List<NodeProbe.Answer> answers) {
    SlotMap newest = null;
    long highest = Long.MIN_VALUE;
    for (NodeProbe.Answer answer : answers) {
      SlotMap map = answer.slotMap();
      if (map != null) {
        long epoch = map.owners().stream().mapToLong(SlotMap.Owner::configEpoch).max().orElse(-1);
        if (newest == null || epoch > highest) {
          newest = map;
          highest = epoch;
        }
      }
    }
    if (newest == null) {
      throw new IllegalArgumentException("no answer has a slot map");
    }
    return newest;
  }

  private Topology.Shard shard(
      ClusterDeclaration cluster,
      String name,
      List<NodeAddress> declared,
      Map<NodeAddress, NodeProbe.Answer> answers,
      Duration timeout)
      throws TopologyException, InterruptedException {
    List<Topology.Node> nodes = new ArrayList<>();
    List<Topology.Node> masters = new ArrayList<>();
    for (NodeAddress address : new LinkedHashSet<>(declared)) {
      Topology.Node node = requireAnswer(answers, address).node();
      nodes.add(node);
      if (node.info() != null && node.info().master()) {
        masters.add(node);
      }
    }
    if (masters.size() > 1) {
      throw new TopologyException(
          TopologyException.Reason.MISDECLARED,
          masters.get(0).address()
              + " and "
              + masters.get(1).address()
              + " are both masters, but shard "
              + name
              + " of "
              + cluster.id()
              + " can have only one. Declare each master as a shard of its own, or wait for a"
              + " failover to end.");
    }
    if (masters.isEmpty()) {
      requireOneStream(cluster, name, nodes);
    } else {
      nodes.addAll(undeclaredReplicas(cluster, masters.get(0), declared, timeout));
    }
    return new Topology.Shard(name, null, 0, List.of(), List.copyOf(nodes));
  }

  /** Without their master, nothing tells which of two replicas is the shard's. */
  private static void requireOneStream(
      ClusterDeclaration cluster, String name, List<Topology.Node> nodes) throws TopologyException {
    List<Topology.Node> replicas =
        nodes.stream().filter(n -> n.info() != null && n.info().healthyReplica()).toList();
    for (Topology.Node replica : replicas) {
      Topology.Node first = replicas.get(0);
      if (!replica.requireInfo().replicationId().equals(first.requireInfo().replicationId())) {
        throw new TopologyException(
            TopologyException.Reason.NOT_READY,
            first.address()
                + " and "
                + replica.address()
                + " follow different masters, and no master of shard "
                + name
                + " of "
                + cluster.id()
                + " answers. Declare the shard's nodes only, or wait for a failover to end.");
      }
    }
  }

  /**
   * Replicas that only the master knows of. What it announces may not be reachable from here, so
   * those that do not answer do not count as nodes of the shard; nor does one that follows another
   * stream.
   */
  private List<Topology.Node> undeclaredReplicas(
      ClusterDeclaration cluster,
      Topology.Node master,
      List<NodeAddress> declared,
      Duration timeout)
      throws InterruptedException {
    NodeInfo info = master.requireInfo();
    List<NodeAddress> unknown =
        info.replicas().stream().filter(a -> !declared.contains(a)).toList();
    if (unknown.isEmpty()) {
      return List.of();
    }
    return ask(cluster, unknown, timeout).values().stream()
        .map(NodeProbe.Answer::node)
        .filter(n -> n.info() != null && n.info().replicationId().equals(info.replicationId()))
        // A replica may be declared by one name and announced by another.
        .filter(
            n -> declared.stream().noneMatch(d -> d.port() == n.address().port() && sameHost(d, n)))
        .toList();
  }

  private static boolean sameHost(NodeAddress declared, Topology.Node node) {
    try {
      return java.net.InetAddress.getByName(declared.host())
          .equals(java.net.InetAddress.getByName(node.address().host()));
    } catch (java.net.UnknownHostException e) {
      return false;
    }
  }

  private Map<NodeAddress, NodeProbe.Answer> ask(
      ClusterDeclaration cluster, Collection<NodeAddress> addresses, Duration timeout)
      throws InterruptedException {
    Map<NodeProbe, Future<NodeProbe.Answer>> asked = new LinkedHashMap<>();
    for (NodeAddress address : new LinkedHashSet<>(addresses)) {
      NodeProbe probe = new NodeProbe(cluster, address, timeout);
      asked.put(probe, probes.submit(probe::ask));
    }
    // Connecting, authenticating and each answer have the timeout of their own; together they get a
    // little more than one.
    long deadline = System.nanoTime() + timeout.toNanos() + timeout.toNanos() / 4;
    Map<NodeAddress, NodeProbe.Answer> answers = new LinkedHashMap<>();
    for (Map.Entry<NodeProbe, Future<NodeProbe.Answer>> entry : asked.entrySet()) {
      NodeProbe probe = entry.getKey();
      try {
        answers.put(
            probe.address(),
            entry.getValue().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (TimeoutException | CancellationException e) {
        answers.put(probe.address(), probe.giveUp());
      } catch (ExecutionException e) {
        answers.put(probe.address(), probe.nonsense(e.getCause()));
      }
    }
    return answers;
  }

  private static NodeProbe.Answer requireAnswer(
      Map<NodeAddress, NodeProbe.Answer> answers, NodeAddress address) {
    NodeProbe.Answer answer = answers.get(address);
    if (answer == null) {
      throw new IllegalStateException(address + " was not asked");
    }
    return answer;
  }

  private static TopologyException silent(
      ClusterDeclaration cluster, Collection<NodeProbe.Answer> answers) {
    TopologyException.Reason reason = TopologyException.Reason.UNREACHABLE;
    List<String> troubles = new ArrayList<>();
    for (NodeProbe.Answer answer : answers) {
      TopologyException trouble = answer.node().trouble();
      if (trouble != null) {
        troubles.add(trouble.getMessage());
        if (trouble.reason() != TopologyException.Reason.UNREACHABLE) {
          reason = trouble.reason();
        }
      }
    }
    String shard = cluster.nodes().size() == 1 ? "The declared node" : "None of the declared nodes";
    return new TopologyException(
        reason,
        "Shard "
            + ClusterDeclaration.ONLY_SHARD
            + " of cluster "
            + cluster.id()
            + ": "
            + (cluster.nodes().size() == 1 ? "" : shard + " can be asked. ")
            + String.join("; ", troubles)
            + (reason == TopologyException.Reason.UNREACHABLE && cluster.tls() == null
                ? ". Check that the node runs and that this host reaches it."
                : ""));
  }

  @Override
  public void close() {
    probes.shutdownNow();
  }
}
