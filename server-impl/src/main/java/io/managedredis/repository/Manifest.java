package io.managedredis.repository;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a backup, stored beside its data. The catalogue can be rebuilt from these.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param backupId {@code <clusterId>:<suffix>}
 * @param clusterId the cluster that it was made from
 * @param folderId the tenant's folder, 1 to 50 characters
 * @param type why it was taken
 * @param startedAt when the operation started
 * @param createdAt when the operation completed
 * @param pointSkewMicros microseconds between the first and the last of the shards' points; 0 or
 *     more
 * @param shards at least one, each name once
 */
public record Manifest(
    int formatVersion,
    String backupId,
    String clusterId,
    String folderId,
    BackupKind type,
    Instant startedAt,
    Instant createdAt,
    long pointSkewMicros,
    List<ShardManifest> shards) {

  /**
   * What is written. Format 1, without contents and proof, is still read; newer ones are refused.
   */
  public static final int FORMAT_VERSION = 2;

  /** Keeps a copy of the list. */
  public Manifest {
    shards = List.copyOf(shards);
  }

  /** Microseconds between the first and the last of the shards' points; 0 for none or one. */
  public static long pointSkewMicros(List<ShardManifest> shards) {
    Instant first = null;
    Instant last = null;
    for (ShardManifest shard : shards) {
      Instant point = shard.pointAt();
      first = first == null || point.isBefore(first) ? point : first;
      last = last == null || point.isAfter(last) ? point : last;
    }
    return first == null || last == null ? 0 : ChronoUnit.MICROS.between(first, last);
  }

  /**
   * What is known of each shard, by its name.
   *
   * @param last the last verification; without one, it is what was found while it was captured
   */
  public Map<String, ShardProof> proofs(@Nullable Verification last) {
    Map<String, ShardProof> proofs = new LinkedHashMap<>();
    shards.forEach(shard -> proofs.put(shard.name(), shard.proof()));
    if (last != null) {
      last.shards().forEach(shard -> proofs.replace(shard.name(), shard.proof()));
    }
    return proofs;
  }

  /** Whether any shard is damaged, as far as {@link #proofs} knows. */
  public boolean damaged(@Nullable Verification last) {
    return proofs(last).values().stream().anyMatch(ShardProof::damaged);
  }
}
