package io.managedredis.repository;

import java.time.Instant;
import java.util.List;

/**
 * One shard of a backup: where it came from, its exact point, and what was proven.
 *
 * @param name 1 to 63 characters, {@code [a-zA-Z0-9_-]}, unique in the backup
 * @param file the file's name inside the backup's folder, {@code <name>.rdb.zst}
 * @param codec how the file is compressed: {@link #ZSTD}
 * @param encryption how the file is encrypted: {@link #NOT_ENCRYPTED} or {@link #AES_256_GCM}
 * @param keyId the key in the keyset that opens the file; empty when it is not encrypted
 * @param node the node that sent the snapshot, {@code host:port}
 * @param role what the node was then: {@code master} or {@code replica}
 * @param serverName {@code redis} or {@code valkey}
 * @param serverVersion as the server says it
 * @param rdbMagic the first 9 bytes of the snapshot: {@code REDIS} and 4 digits, or {@code VALKEY}
 *     and 3
 * @param rdbVersion the number in the magic
 * @param replicationId the history that the offset belongs to, 40 lower-case hexadecimal digits
 * @param replicationOffset the snapshot's point in that history, in bytes, not negative
 * @param slots what the shard owned, in the order given; empty when not in cluster mode
 * @param requestedAt when the snapshot was asked for
 * @param pointAt when the server announced the snapshot's point
 * @param completedAt when the last byte was stored
 * @param rawBytes length of the snapshot
 * @param storedBytes length of the file
 * @param crc64 the snapshot's CRC64, 16 lower-case hexadecimal digits
 * @param rawSha256 SHA-256 of the snapshot, 64 lower-case hexadecimal digits
 * @param contents what the snapshot holds
 * @param proof what was proven while it was captured
 */
public record ShardManifest(
    String name,
    String file,
    String codec,
    String encryption,
    String keyId,
    String node,
    String role,
    String serverName,
    String serverVersion,
    String rdbMagic,
    int rdbVersion,
    String replicationId,
    long replicationOffset,
    List<SlotRange> slots,
    Instant requestedAt,
    Instant pointAt,
    Instant completedAt,
    long rawBytes,
    long storedBytes,
    String crc64,
    String rawSha256,
    ShardContents contents,
    ShardProof proof) {

  /** The value of {@link #codec}: zstd frames that can be read from any of them on. */
  public static final String ZSTD = "zstd";

  /** The value of {@link #encryption} for a file that anybody can read. */
  public static final String NOT_ENCRYPTED = "none";

  /** The value of {@link #encryption} for Tink's StreamingAead, AES-256-GCM in segments. */
  public static final String AES_256_GCM = "AES256_GCM_HKDF";

  /** Keeps a copy of the list. */
  public ShardManifest {
    slots = List.copyOf(slots);
  }
}
