package io.managedredis.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How the nodes of the clusters are, at most a few seconds old. Callers that ask at the same time
 * share one probe, so that many readers cost the nodes no more than one.
 */
public final class ClusterHealth implements AutoCloseable {

  /** The health of a cluster's nodes. */
  public enum Level {
    /** All nodes answer. */
    ALIVE,
    /** Some nodes do not answer, but every shard has one that does. */
    DEGRADED,
    /** A shard has no node that answers. */
    DEAD
  }

  /**
   * What a probe found.
   *
   * @param readable whether every shard can be backed up now
   * @param topology the shards and nodes; null when they can't be told
   * @param trouble why they can't be told; null when they can
   */
  public record Finding(
      Level level,
      boolean readable,
      @Nullable Topology topology,
      @Nullable TopologyException trouble) {

    /** The version that the nodes run, as {@code major.minor}. */
    public Optional<String> version() {
      return topology == null ? Optional.empty() : topology.version();
    }
  }

  /** Two rounds of questions, discovered nodes included, and some room. */
  private static final int LONGEST_IN_TIMEOUTS = 4;

  private static final int CLUSTERS_AT_ONCE = 32;

  private record Kept(long startedNanos, CompletableFuture<Finding> finding) {}

  private final TopologyReader reader;
  private final Duration nodeTimeout;
  private final long keepNanos;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          CLUSTERS_AT_ONCE,
          task -> {
            Thread thread = new Thread(task, "health");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Probes through the given reader.
   *
   * @param nodeTimeout how long a node has to answer
   * @param keep how long a finding is good for
   */
  public ClusterHealth(TopologyReader reader, Duration nodeTimeout, Duration keep) {
    this.reader = reader;
    this.nodeTimeout = nodeTimeout;
    this.keepNanos = keep.toNanos();
  }

  /**
   * How the cluster is. Takes at most about three times the node timeout.
   *
   * @throws InterruptedException when the calling thread is interrupted
   */
  public Finding of(ClusterDeclaration cluster) throws InterruptedException {
    CompletableFuture<Finding> mine = new CompletableFuture<>();
    long now = System.nanoTime();
    Kept current =
        kept.compute(
            cluster.id(),
            (id, old) ->
                old != null && now - old.startedNanos() < keepNanos ? old : new Kept(now, mine));
    if (current != null && current.finding() == mine) {
      try {
        mine.complete(probe(cluster));
      } finally {
        // Whoever waits must not wait for a probe that ended without a finding.
        if (mine.completeExceptionally(new IllegalStateException("the probe was interrupted"))) {
          kept.remove(cluster.id(), current);
        }
      }
    }
    return await(current == null ? mine : current.finding(), cluster);
  }

  /**
   * How several clusters are, all asked at once; takes no longer than one of them may.
   *
   * @return a finding for each id
   * @throws InterruptedException when the calling thread is interrupted
   */
  public Map<String, Finding> of(Collection<ClusterDeclaration> clusters)
      throws InterruptedException {
    Map<String, Future<Finding>> asked = new LinkedHashMap<>();
    for (ClusterDeclaration cluster : clusters) {
      asked.put(cluster.id(), threads.submit(() -> of(cluster)));
    }
    long deadline = System.nanoTime() + nodeTimeout.toNanos() * LONGEST_IN_TIMEOUTS;
    Map<String, Finding> findings = new LinkedHashMap<>();
    for (ClusterDeclaration cluster : clusters) {
      Future<Finding> future = Objects.requireNonNull(asked.get(cluster.id()));
      try {
        findings.put(
            cluster.id(),
            future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (ExecutionException | TimeoutException e) {
        future.cancel(true);
        findings.put(cluster.id(), late(cluster, e));
      }
    }
    return findings;
  }

  private Finding await(CompletableFuture<Finding> finding, ClusterDeclaration cluster)
      throws InterruptedException {
    try {
      return finding.get(nodeTimeout.toMillis() * LONGEST_IN_TIMEOUTS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return late(cluster, e);
    }
  }

  private static Finding late(ClusterDeclaration cluster, Exception e) {
    return new Finding(
        Level.DEAD,
        false,
        null,
        new TopologyException(
            TopologyException.Reason.UNREACHABLE,
            "The nodes of " + cluster.id() + " could not be asked in time",
            e));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private Finding probe(ClusterDeclaration cluster) throws InterruptedException {
    try {
      Topology topology = reader.read(cluster, nodeTimeout);
      return new Finding(level(topology), readable(topology), topology, null);
    } catch (TopologyException e) {
      return new Finding(Level.DEAD, false, null, e);
    }
  }

  private static boolean readable(Topology topology) {
    try {
      topology.requireReadable();
      return true;
    } catch (TopologyException e) {
      return false;
    }
  }

  private static Level level(Topology topology) {
    if (topology.shards().stream().anyMatch(Topology.Shard::dead)) {
      return Level.DEAD;
    }
    boolean all =
        topology.shards().stream().flatMap(s -> s.nodes().stream()).allMatch(n -> n.info() != null);
    return all ? Level.ALIVE : Level.DEGRADED;
  }
}
