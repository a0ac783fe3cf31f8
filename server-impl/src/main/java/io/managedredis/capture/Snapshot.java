package io.managedredis.capture;

import io.managedredis.rdb.RdbMagic;
import java.time.Instant;

/**
 * What is known about a snapshot that was captured to its end. The instants are our clock's,
 * truncated to microseconds.
 *
 * @param replicationId the 40 hexadecimal digits of {@code +FULLRESYNC}: whose history it is
 * @param replicationOffset the exact point in that history that the snapshot shows
 * @param magic the format that the payload announces
 * @param bytes how many bytes reached the sink: the whole RDB file, without the transfer's end mark
 * @param crc64 the CRC64 of all bytes but the last eight, computed by us
 * @param checksum whether the last eight bytes were that CRC64
 * @param requestedAt when PSYNC was sent
 * @param pointAt when {@code +FULLRESYNC} was read: the snapshot is not younger
 * @param firstByteAt when the first bytes of the payload were read
 * @param completedAt when the end was found and the sink had everything
 */
public record Snapshot(
    String replicationId,
    long replicationOffset,
    RdbMagic magic,
    long bytes,
    long crc64,
    Checksum checksum,
    Instant requestedAt,
    Instant pointAt,
    Instant firstByteAt,
    Instant completedAt) {

  /** The first 9 bytes of the payload, such as {@code REDIS0011}. */
  public String rdbMagic() {
    return magic.text();
  }

  /** The number in the magic. */
  public int rdbVersion() {
    return magic.version();
  }
}
