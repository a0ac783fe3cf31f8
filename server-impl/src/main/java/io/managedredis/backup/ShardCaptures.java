package io.managedredis.backup;

import io.managedredis.capture.Cancellation;
import io.managedredis.capture.CaptureException;
import io.managedredis.capture.Checksum;
import io.managedredis.capture.Floor;
import io.managedredis.capture.Snapshot;
import io.managedredis.capture.SnapshotClient;
import io.managedredis.capture.Source;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.NodeAddress;
import io.managedredis.cluster.NodeInfo;
import io.managedredis.cluster.Topology;
import io.managedredis.rdb.Structure;
import io.managedredis.rdb.StructureReader;
import io.managedredis.repository.Finding;
import io.managedredis.repository.PendingBackup;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.ShardProof;
import io.managedredis.repository.ShardWriter;
import io.managedredis.repository.SlotRange;
import io.managedredis.repository.StoredShard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the snapshots of all shards of one cluster into a pending backup, several at a time. The
 * first shard that fails ends the others: a backup with a shard missing is none.
 */
final class ShardCaptures {

  private static final Logger log = LoggerFactory.getLogger(ShardCaptures.class);

  private final SnapshotClient snapshots;
  private final ClusterDeclaration cluster;
  private final int parallel;

  /** Nodes that failed in this backup: another try takes another node where there is one. */
  private final Set<NodeAddress> failed = ConcurrentHashMap.newKeySet();

  ShardCaptures(SnapshotClient snapshots, ClusterDeclaration cluster, int parallel) {
    this.snapshots = snapshots;
    this.cluster = cluster;
    this.parallel = parallel;
  }

  /** Asks the node of each shard whether it would give a snapshot; writes nothing. */
  void preflight(Topology topology, Cancellation cancellation) throws BackupFailedException {
    for (Topology.Shard shard : topology.shards()) {
      Topology.Node node = choose(shard);
      try {
        snapshots.preflight(source(node.address()), cancellation);
      } catch (CaptureException e) {
        failed.add(node.address());
        throw failure(shard, e);
      }
    }
  }

  /** Captures every shard; answers their manifests by name ascending. */
  List<ShardManifest> capture(
      Topology topology, PendingBackup pending, CaptureProgress progress, Cancellation cancellation)
      throws BackupFailedException, InterruptedException {
    int total = topology.shards().size();
    AtomicLong bytes = new AtomicLong();
    AtomicInteger done = new AtomicInteger();
    progress.captured(0, 0, total);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(parallel, total), task -> new Thread(task, "capture-" + cluster.id()));
    // Ends the other shards when one fails, without cancelling the whole backup.
    Cancellation together = new Cancellation();
    try (Cancellation.Registration outer = cancellation.register(together::cancel)) {
      ExecutorCompletionService<ShardManifest> captures = new ExecutorCompletionService<>(threads);
      List<Future<ShardManifest>> all = new ArrayList<>();
      for (Topology.Shard shard : topology.shards()) {
        all.add(
            captures.submit(
                () -> {
                  ShardManifest captured =
                      capture(
                          shard,
                          pending,
                          length -> progress.captured(bytes.addAndGet(length), done.get(), total),
                          together);
                  progress.captured(bytes.get(), done.incrementAndGet(), total);
                  return captured;
                }));
      }
      List<ShardManifest> manifests = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        manifests.add(result(captures.take()));
      }
      manifests.sort(Comparator.comparing(ShardManifest::name));
      return manifests;
    } finally {
      together.cancel();
      threads.shutdown();
      awaitEnd(threads);
    }
  }

  /** The sockets are closed by now, so what still runs is on its way out. */
  private static void awaitEnd(ExecutorService threads) {
    try {
      if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        threads.shutdownNow();
        log.error("A capture did not end within a minute of its cancellation");
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private static ShardManifest result(Future<ShardManifest> capture)
      throws BackupFailedException, InterruptedException {
    try {
      return capture.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackupFailedException failure) {
        throw failure;
      }
      throw new IllegalStateException("a capture ended unexpectedly", e.getCause());
    }
  }

  private ShardManifest capture(
      Topology.Shard shard,
      PendingBackup pending,
      java.util.function.LongConsumer received,
      Cancellation cancellation)
      throws BackupFailedException {
    Topology.Node node = choose(shard);
    StructureReader reader = new StructureReader(!shard.slots().isEmpty());
    try (ShardWriter writer = pending.shard(shard.name())) {
      Snapshot snapshot =
          snapshots.capture(
              source(node.address()),
              floor(shard, node),
              (buffer, offset, length) -> {
                writer.write(buffer, offset, length);
                reader.update(buffer, offset, length);
                received.accept(length);
              },
              cancellation);
      Structure structure = reader.finish();
      requireOwnSlots(shard, node, structure);
      if (snapshot.checksum() == Checksum.ABSENT) {
        requireUnbroken(shard, node, structure);
      }
      return manifest(shard, node, snapshot, structure, writer.finish());
    } catch (CaptureException e) {
      failed.add(node.address());
      throw failure(shard, e);
    } catch (IOException e) {
      throw BackupFailedException.storing("Shard " + shard.name() + " could not be stored: ", e);
    }
  }

  /**
   * A slot can move and come back between two looks at the topology, or be moved without a trace in
   * it; the keys themselves can't lie.
   */
  private static void requireOwnSlots(Topology.Shard shard, Topology.Node node, Structure structure)
      throws BackupFailedException {
    if (shard.slots().isEmpty()) {
      return;
    }
    OptionalInt foreign = Findings.foreignSlot(structure, slots(shard));
    if (foreign.isPresent()) {
      throw new BackupFailedException(
          BackupFailedException.Reason.TOPOLOGY_CHANGED,
          true,
          "Shard "
              + shard.name()
              + ": the snapshot of "
              + node.address()
              + " holds keys of slot "
              + foreign.getAsInt()
              + ", which the shard does not own. A slot is on its way, or was left half moved; run"
              + " redis-cli --cluster check, and take the backup when the cluster is at rest.",
          null);
    }
  }

  /** Without a checksum, the structure is all that shows that the bytes are the server's. */
  private static void requireUnbroken(Topology.Shard shard, Topology.Node node, Structure structure)
      throws BackupFailedException {
    if (structure.outcome() == Structure.Outcome.BROKEN) {
      throw new BackupFailedException(
          BackupFailedException.Reason.INTERRUPTED_SNAPSHOT,
          true,
          "Shard "
              + shard.name()
              + ": the snapshot of "
              + node.address()
              + " carries no checksum and is broken at offset "
              + structure.offset()
              + ": "
              + structure.detail()
              + ". Set rdbchecksum to yes on the server.",
          null);
    }
  }

  private static List<SlotRange> slots(Topology.Shard shard) {
    return shard.slots().stream().map(range -> new SlotRange(range.from(), range.to())).toList();
  }

  private Topology.Node choose(Topology.Shard shard) {
    List<Topology.Node> sources = shard.sources();
    return sources.stream()
        .filter(node -> !failed.contains(node.address()))
        .findFirst()
        .orElseGet(() -> sources.get(0));
  }

  /**
   * A snapshot shows at least what the master had when the slots were read: an older one would lack
   * keys that were acknowledged, or that had come from another shard, by then.
   */
  private static @Nullable Floor floor(Topology.Shard shard, Topology.Node source) {
    return shard
        .master()
        .map(Topology.Node::requireInfo)
        // Redis before 4 has no such ids.
        .filter(master -> !master.replicationId().isEmpty())
        .map(
            master ->
                new Floor(
                    master.replicationId(),
                    master.replicationOffset(),
                    source.requireInfo().master()))
        .orElse(null);
  }

  private Source source(NodeAddress address) {
    ClusterDeclaration.Credentials credentials = cluster.credentials();
    return new Source(
        address.host(),
        address.port(),
        credentials == null ? null : credentials.username(),
        credentials == null ? null : credentials.password(),
        cluster.tls());
  }

  private static ShardManifest manifest(
      Topology.Shard shard,
      Topology.Node node,
      Snapshot snapshot,
      Structure structure,
      StoredShard stored) {
    NodeInfo info = node.requireInfo();
    Findings findings = new Findings(snapshot.completedAt());
    ShardProof proof =
        new ShardProof(
            findings.checksum(
                snapshot.crc64(), snapshot.checksum() == Checksum.PROVEN ? snapshot.crc64() : 0),
            findings.structure(structure),
            findings.counts(structure),
            findings.slots(structure, slots(shard)),
            findings.finding(Finding.Outcome.UNKNOWN, "not read back yet"));
    if (proof.damaged()) {
      log.error(
          "The snapshot of shard {} from {} was stored as it came, but it is not as it should be: {}",
          shard.name(),
          node.address(),
          BackupVerifier.trouble(proof));
    }
    return new ShardManifest(
        shard.name(),
        stored.file(),
        ShardManifest.ZSTD,
        stored.encryption(),
        stored.keyId(),
        node.address().toString(),
        info.master() ? "master" : "replica",
        info.serverName(),
        info.serverVersion(),
        snapshot.rdbMagic(),
        snapshot.rdbVersion(),
        snapshot.replicationId(),
        snapshot.replicationOffset(),
        slots(shard),
        snapshot.requestedAt(),
        snapshot.pointAt(),
        snapshot.completedAt(),
        stored.rawBytes(),
        stored.storedBytes(),
        String.format(Locale.ROOT, "%016x", snapshot.crc64()),
        stored.rawSha256(),
        Findings.contents(structure),
        proof);
  }

  private static BackupFailedException failure(Topology.Shard shard, CaptureException e) {
    BackupFailedException.Reason reason =
        switch (e.reason()) {
          case UNREACHABLE, TLS -> BackupFailedException.Reason.UNREACHABLE;
          case AUTHENTICATION, DENIED -> BackupFailedException.Reason.REFUSED;
          case NOT_READY, UNSUPPORTED -> BackupFailedException.Reason.NOT_READY;
          case PROTOCOL, DROPPED, STALLED, CORRUPT ->
              BackupFailedException.Reason.INTERRUPTED_SNAPSHOT;
          case DEADLINE -> BackupFailedException.Reason.DEADLINE;
          case CANCELLED -> BackupFailedException.Reason.CANCELLED;
        };
    return new BackupFailedException(
        reason, e.retryable(), "Shard " + shard.name() + ": " + e.getMessage(), e);
  }
}
