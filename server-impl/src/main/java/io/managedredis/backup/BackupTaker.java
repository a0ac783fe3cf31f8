package io.managedredis.backup;

import io.managedredis.capture.Cancellation;
import io.managedredis.capture.SnapshotClient;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.CatalogException;
import io.managedredis.cluster.Topology;
import io.managedredis.cluster.TopologyException;
import io.managedredis.cluster.TopologyReader;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.PendingBackup;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes backups. The order of the steps is what makes a listed backup a true one: topology,
 * preflight, data, topology again and compared, manifest (the commit point), catalogue.
 */
public final class BackupTaker {

  /**
   * How to go about it.
   *
   * @param parallelShards how many shards are captured at once, at least 1
   * @param attempts how often to try in all, at least 1
   * @param nodeTimeout how long a node has to say what it is
   * @param pause before the second try; each further pause is as much longer
   */
  public record Policy(int parallelShards, int attempts, Duration nodeTimeout, Duration pause) {}

  private static final Logger log = LoggerFactory.getLogger(BackupTaker.class);

  /** What must stay free beside the data: room for manifests, the catalogue and its journal. */
  private static final long RESERVE_BYTES = 64L << 20;

  private final TopologyReader topologies;
  private final SnapshotClient snapshots;
  private final Repository repository;
  private final Listing listing;
  private final Policy policy;

  /** Works on the given parts, which it does not close. */
  public BackupTaker(
      TopologyReader topologies,
      SnapshotClient snapshots,
      Repository repository,
      Listing listing,
      Policy policy) {
    this.topologies = topologies;
    this.snapshots = snapshots;
    this.repository = repository;
    this.listing = listing;
    this.policy = policy;
  }

  /**
   * Takes a backup and answers its manifest once it is committed and catalogued. On failure nothing
   * is left of it.
   *
   * @throws BackupFailedException saying which shard and node, and what to do
   * @throws InterruptedException when the calling thread is interrupted
   */
  public Manifest take(BackupOrder order, CaptureProgress progress, Cancellation cancellation)
      throws BackupFailedException, InterruptedException {
    listing.catchUp();
    ShardCaptures captures = new ShardCaptures(snapshots, order.cluster(), policy.parallelShards());
    BackupFailedException first = null;
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(order, captures, progress, cancellation);
      } catch (BackupFailedException failure) {
        BackupFailedException e = failure.shownBy(order.cluster());
        if (cancellation.isCancelled()) {
          throw cancelled(order, e);
        }
        if (!e.worthAnotherTry() || attempt >= policy.attempts()) {
          throw e.after(attempt, first == null ? e : first);
        }
        first = first == null ? e : first;
        log.warn("Backup {}, attempt {}: {}", order.id(), attempt, e.getMessage());
        pause(policy.pause().multipliedBy(attempt), cancellation);
        if (cancellation.isCancelled()) {
          throw cancelled(order, e);
        }
      }
    }
  }

  private Manifest attempt(
      BackupOrder order,
      ShardCaptures captures,
      CaptureProgress progress,
      Cancellation cancellation)
      throws BackupFailedException, InterruptedException {
    Topology before = readable(order);
    captures.preflight(before, cancellation);
    requireSpace(before);
    Manifest manifest;
    try (PendingBackup pending = repository.begin(order.id())) {
      List<ShardManifest> shards = captures.capture(before, pending, progress, cancellation);
      if (before.clusterMode()) {
        requireSame(before, topology(order));
      }
      manifest =
          new Manifest(
              Manifest.FORMAT_VERSION,
              order.id().toString(),
              order.cluster().id(),
              order.cluster().folderId(),
              order.kind(),
              order.startedAt(),
              Instant.now().truncatedTo(ChronoUnit.MICROS),
              Manifest.pointSkewMicros(shards),
              shards);
      pending.commit(manifest);
    } catch (RepositoryException e) {
      throw BackupFailedException.storing("", e);
    }
    catalogue(order, manifest);
    return manifest;
  }

  /** A failed operation leaves nothing behind, also when only the catalogue is in the way. */
  private void catalogue(BackupOrder order, Manifest manifest) throws BackupFailedException {
    BackupEntry entry = CatalogEntries.of(manifest);
    boolean damaged = manifest.damaged(null);
    try {
      listing.add(entry, damaged);
    } catch (CatalogException e) {
      try {
        repository.delete(order.id());
      } catch (RepositoryException deleting) {
        e.addSuppressed(deleting);
        listing.addLater(order.id(), entry, damaged);
        throw BackupFailedException.cataloguing(
            "The backup is stored, but the catalogue could not take it up: " + Listing.LATER + ". ",
            e);
      }
      throw BackupFailedException.cataloguing(
          "The catalogue could not take the backup up, so it was removed again. ", e);
    }
  }

  private Topology topology(BackupOrder order) throws BackupFailedException, InterruptedException {
    try {
      return topologies.read(order.cluster(), policy.nodeTimeout());
    } catch (TopologyException e) {
      throw failure(e);
    }
  }

  private Topology readable(BackupOrder order) throws BackupFailedException, InterruptedException {
    Topology topology = topology(order);
    try {
      topology.requireReadable();
    } catch (TopologyException e) {
      throw failure(e);
    }
    return topology;
  }

  /**
   * The memory that the data takes bounds what a snapshot of it takes: an RDB file has neither
   * pointers nor empty hash slots.
   */
  private void requireSpace(Topology topology) throws BackupFailedException {
    long needed = RESERVE_BYTES;
    for (Topology.Shard shard : topology.shards()) {
      needed += shard.sources().get(0).requireInfo().usedMemoryBytes();
    }
    long usable;
    try {
      usable = repository.usableBytes();
    } catch (RepositoryException e) {
      throw BackupFailedException.storing("", e);
    }
    if (usable < needed) {
      throw new BackupFailedException(
          BackupFailedException.Reason.NO_SPACE,
          "The repository has "
              + mebibytes(usable)
              + " MiB free, but the nodes use "
              + mebibytes(needed - RESERVE_BYTES)
              + " MiB of memory, and "
              + mebibytes(RESERVE_BYTES)
              + " MiB must stay free. Delete backups or give the data folder more room.",
          null);
    }
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }

  private static void requireSame(Topology before, Topology after) throws BackupFailedException {
    Optional<String> change = after.changeSince(before);
    if (change.isPresent()) {
      throw new BackupFailedException(
          BackupFailedException.Reason.TOPOLOGY_CHANGED,
          true,
          "The cluster changed while it was read: "
              + change.get()
              + ". What was read may not fit together, so it was thrown away. Take the backup when"
              + " the cluster is at rest.",
          null);
    }
  }

  private static BackupFailedException failure(TopologyException e) {
    BackupFailedException.Reason reason =
        switch (e.reason()) {
          case UNREACHABLE -> BackupFailedException.Reason.UNREACHABLE;
          case AUTHENTICATION, DENIED -> BackupFailedException.Reason.REFUSED;
          case NOT_READY, MISDECLARED, PROTOCOL -> BackupFailedException.Reason.NOT_READY;
          case MOVING -> BackupFailedException.Reason.TOPOLOGY_CHANGED;
        };
    boolean passing =
        e.reason() == TopologyException.Reason.MOVING
            || e.reason() == TopologyException.Reason.NOT_READY
            // A supervisor may be starting the node again.
            || e.reason() == TopologyException.Reason.UNREACHABLE;
    return new BackupFailedException(reason, passing, String.valueOf(e.getMessage()), e);
  }

  private static BackupFailedException cancelled(BackupOrder order, BackupFailedException e) {
    return new BackupFailedException(
        BackupFailedException.Reason.CANCELLED,
        "The backup "
            + order.id()
            + " was cancelled because the server was shut down. Nothing of it was kept; take it"
            + " again.",
        e);
  }

  private static void pause(Duration duration, Cancellation cancellation)
      throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (Cancellation.Registration registration = cancellation.register(cancelled::countDown)) {
      boolean early = cancelled.await(duration.toMillis(), TimeUnit.MILLISECONDS);
      if (early) {
        log.debug("The pause ended early");
      }
    }
  }
}
