package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.rdb.RdbMagic;
import java.io.IOException;

/** A payload whose length was announced: a file that the server had written before. */
final class CountedPayload implements Payload {
  private final String node;
  private final long length;

  /** The length is at least {@link RdbCopy#SHORTEST}. */
  CountedPayload(String node, long length) {
    this.node = node;
    this.length = length;
  }

  @Override
  public Checksum copy(ByteSource from, RdbCopy to) throws CaptureException, IOException {
    byte[] buffer = new byte[READ];
    // What may be the trailer and the opcode before it stays behind for the next round.
    int kept = 1 + RdbCopy.TRAILER;
    int end = 0;
    for (long left = length; left > 0; ) {
      int count = from.read(buffer, end, (int) Math.min(left, buffer.length - end));
      if (count < 0) {
        throw new CaptureException(
            Reason.DROPPED,
            node,
            "the server closed the link after "
                + (length - left)
                + " of "
                + length
                + " bytes of the snapshot; its log says why");
      }
      left -= count;
      end += count;
      if (left > 0 && end >= RdbMagic.LENGTH + kept) {
        to.pass(buffer, 0, end - kept);
        System.arraycopy(buffer, end - kept, buffer, 0, kept);
        end = kept;
      }
    }
    return finish(buffer, end - RdbCopy.TRAILER, to);
  }

  private Checksum finish(byte[] buffer, int trailer, RdbCopy to)
      throws CaptureException, IOException {
    to.pass(buffer, 0, trailer);
    long expected = RdbCopy.trailer(buffer, trailer);
    if (!RdbCopy.endsBefore(buffer, trailer) || (expected != to.crc64() && expected != 0)) {
      throw Mismatch.of(node, length, expected, to.crc64());
    }
    to.finish(buffer, trailer);
    return expected == to.crc64() ? Checksum.PROVEN : Checksum.ABSENT;
  }
}
