package io.managedredis.backup;

import io.managedredis.capture.Cancellation;
import io.managedredis.rdb.Structure;
import io.managedredis.rdb.StructureReader;
import io.managedredis.rdb.TrailedCrc64;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.DamagedSnapshotException;
import io.managedredis.repository.Finding;
import io.managedredis.repository.KeyMissingException;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ManifestException;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.ShardProof;
import io.managedredis.repository.StoredBackups;
import io.managedredis.repository.Verification;
import io.managedredis.repository.Verification.VerifiedShard;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads backups back and proves them again, and keeps the result beside them. A damaged backup is
 * never removed: what can still be read of it may be all there is.
 */
public final class BackupVerifier {

  private static final Logger log = LoggerFactory.getLogger(BackupVerifier.class);
  private static final int BUFFER = 256 << 10;
  private static final int MOST_TOLD = 3;

  private final StoredBackups backups;

  /** Works on the given backups, which it does not close. */
  public BackupVerifier(StoredBackups backups) {
    this.backups = backups;
  }

  /**
   * Reads all shards of a backup and answers what was found, which is on stable storage then.
   *
   * @throws BackupFailedException when nothing could be found out: the backup is gone, its manifest
   *     is damaged, a key is missing, it was cancelled, or the result could not be kept
   */
  public Verification verify(BackupId id, CaptureProgress progress, Cancellation cancellation)
      throws BackupFailedException {
    Manifest manifest = manifest(id);
    Map<String, ShardProof> known = known(id, manifest);
    Instant startedAt = now();
    List<VerifiedShard> shards = new ArrayList<>();
    Meter meter = new Meter(progress, manifest.shards().size(), cancellation);
    for (ShardManifest shard : manifest.shards()) {
      shards.add(
          new VerifiedShard(
              shard.name(),
              verify(id, shard, known.getOrDefault(shard.name(), shard.proof()), meter)));
      meter.shardDone();
    }
    Verification verification =
        new Verification(
            Verification.FORMAT_VERSION, id.toString(), startedAt, now(), List.copyOf(shards));
    keep(id, verification);
    for (VerifiedShard shard : verification.shards()) {
      if (shard.proof().damaged()) {
        log.error("Backup {} is damaged: shard {}: {}", id, shard.name(), trouble(shard.proof()));
      }
    }
    return verification;
  }

  /** What is wrong with the shards of a damaged backup, the first few of them, for people. */
  public static String trouble(Verification verification) {
    List<String> damaged =
        verification.shards().stream()
            .filter(shard -> shard.proof().damaged())
            .map(shard -> "shard " + shard.name() + ": " + trouble(shard.proof()))
            .toList();
    String first = damaged.stream().limit(MOST_TOLD).collect(Collectors.joining("; "));
    int more = damaged.size() - MOST_TOLD;
    return more > 0 ? first + "; and " + more + " more" : first;
  }

  /** What is wrong with a damaged shard, for people. */
  static String trouble(ShardProof proof) {
    return proof.findings().entrySet().stream()
        .filter(finding -> finding.getValue().outcome() == Finding.Outcome.DAMAGED)
        .map(finding -> finding.getKey() + ": " + finding.getValue().detail())
        .collect(Collectors.joining("; "));
  }

  private Manifest manifest(BackupId id) throws BackupFailedException {
    try {
      return backups.manifest(id).orElseThrow(() -> gone(id));
    } catch (ManifestException e) {
      throw new BackupFailedException(
          BackupFailedException.Reason.DAMAGED, String.valueOf(e.getMessage()), e);
    } catch (RepositoryException e) {
      throw BackupFailedException.storing("", e);
    }
  }

  private static BackupFailedException gone(BackupId id) {
    return new BackupFailedException(
        BackupFailedException.Reason.GONE, "Backup " + id + " is not there any more", null);
  }

  /** A proof that can't be looked at again keeps what was found last. */
  private Map<String, ShardProof> known(BackupId id, Manifest manifest) {
    try {
      return manifest.proofs(backups.verification(id).orElse(null));
    } catch (RepositoryException e) {
      // Not its causes: JSON's own messages quote what they read as it is.
      log.warn(
          "The last verification of backup {} can't be read and is replaced: {}",
          id,
          e.getMessage());
      return manifest.proofs(null);
    }
  }

  private ShardProof verify(BackupId id, ShardManifest shard, ShardProof known, Meter meter)
      throws BackupFailedException {
    TrailedCrc64 crc = new TrailedCrc64();
    StructureReader reader = new StructureReader(!shard.slots().isEmpty());
    try (InputStream in = backups.open(id, shard)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        crc.update(buffer, 0, count);
        reader.update(buffer, 0, count);
        meter.read(id, count);
      }
    } catch (KeyMissingException e) {
      throw new BackupFailedException(
          BackupFailedException.Reason.KEY_MISSING, String.valueOf(e.getMessage()), e);
    } catch (DamagedSnapshotException e) {
      if (isGone(id)) {
        throw gone(id);
      }
      Finding damaged =
          new Findings(now()).finding(Finding.Outcome.DAMAGED, "the file " + e.wrong());
      return new ShardProof(
          known.checksum(), known.structure(), known.counts(), known.slots(), damaged);
    } catch (IOException e) {
      if (isGone(id)) {
        throw gone(id);
      }
      throw BackupFailedException.storing("Shard " + shard.name() + " could not be read: ", e);
    }
    Structure structure = reader.finish();
    Findings findings = new Findings(now());
    return new ShardProof(
        findings.checksum(crc.computed(), crc.stated()),
        findings.structure(structure),
        findings.counts(structure),
        findings.slots(structure, shard.slots()),
        findings.proven());
  }

  /** A backup that was deleted while it was read is not a damaged one. */
  private boolean isGone(BackupId id) throws BackupFailedException {
    try {
      return backups.manifest(id).isEmpty();
    } catch (ManifestException e) {
      return false;
    } catch (RepositoryException e) {
      throw BackupFailedException.storing("", e);
    }
  }

  private void keep(BackupId id, Verification verification) throws BackupFailedException {
    try {
      backups.record(verification);
    } catch (RepositoryException e) {
      if (isGone(id)) {
        throw gone(id);
      }
      throw BackupFailedException.storing(
          "Backup "
              + id
              + (verification.damaged() ? " is damaged" : " is intact")
              + ", but the result could not be stored durably: ",
          e);
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  /** How far the reading has come. */
  private static final class Meter {
    private final CaptureProgress progress;
    private final int total;
    private final Cancellation cancellation;
    private long bytes;
    private int done;

    Meter(CaptureProgress progress, int total, Cancellation cancellation) {
      this.progress = progress;
      this.total = total;
      this.cancellation = cancellation;
      progress.captured(0, 0, total);
    }

    void read(BackupId id, int count) throws BackupFailedException {
      if (cancellation.isCancelled()) {
        throw new BackupFailedException(
            BackupFailedException.Reason.CANCELLED,
            "The verification of backup "
                + id
                + " was cancelled because the server was shut down; start it again",
            null);
      }
      bytes += count;
      progress.captured(bytes, done, total);
    }

    void shardDone() {
      done++;
      progress.captured(bytes, done, total);
    }
  }
}
