package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.rdb.Crc64;
import io.managedredis.rdb.RdbMagic;
import io.managedredis.rdb.UnknownMagicException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The RDB file on its way to the sink. It ends with the opcode 0xFF and the CRC64 of everything
 * before the CRC, little-endian; a server with {@code rdbchecksum no} writes zero there.
 */
final class RdbCopy {
  /** The CRC at the end. */
  static final int TRAILER = 8;

  /** The magic, the opcode of the end and the CRC: an empty database. */
  static final int SHORTEST = RdbMagic.LENGTH + 1 + TRAILER;

  private static final byte END_OF_FILE = (byte) 0xff;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final String node;
  private final SnapshotSink sink;
  private final Crc64 crc = new Crc64();
  private @Nullable RdbMagic magic;
  private long bytes;

  RdbCopy(String node, SnapshotSink sink) {
    this.node = node;
    this.sink = sink;
  }

  /** Takes bytes that are not the trailer. The first call brings the whole magic at least. */
  void pass(byte[] from, int offset, int length) throws CaptureException, IOException {
    if (length == 0) {
      return;
    }
    if (magic == null) {
      magic = magic(Arrays.copyOfRange(from, offset, offset + Math.min(length, RdbMagic.LENGTH)));
    }
    crc.update(from, offset, length);
    sink.write(from, offset, length);
    bytes += length;
  }

  /** Takes the trailer: the file is complete. */
  void finish(byte[] from, int offset) throws IOException {
    sink.write(from, offset, TRAILER);
    bytes += TRAILER;
  }

  /**
   * Whether the opcode of the end stands before the trailer at the offset; without it, the trailer
   * is none.
   */
  static boolean endsBefore(byte[] from, int offset) {
    return from[offset - 1] == END_OF_FILE;
  }

  /** The CRC in the trailer at the offset. */
  static long trailer(byte[] from, int offset) {
    return (long) LONG.get(from, offset);
  }

  /** The CRC of all that was passed. */
  long crc64() {
    return crc.value();
  }

  /** How many bytes reached the sink. */
  long bytes() {
    return bytes;
  }

  /** What the first bytes said; there is no snapshot without them. */
  RdbMagic magic() {
    if (magic == null) {
      throw new IllegalStateException("No byte was passed yet");
    }
    return magic;
  }

  private RdbMagic magic(byte[] first) throws CaptureException {
    try {
      return RdbMagic.parse(first);
    } catch (UnknownMagicException e) {
      throw new CaptureException(
          Reason.CORRUPT, node, "the payload is not a snapshot. " + e.getMessage(), e);
    }
  }
}
