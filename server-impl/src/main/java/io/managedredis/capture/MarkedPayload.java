package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.rdb.RdbMagic;
import java.io.IOException;
import java.util.Arrays;

/**
 * A payload of unknown length with 40 bytes behind it that mark the end. The mark is the same for
 * all syncs of one server process, so a stored value can contain it: it is the end only where the
 * bytes before it prove it.
 */
final class MarkedPayload implements Payload {
  /** How long every server's mark is. */
  static final int MARK_LENGTH = 40;

  /** What stays in the buffer: trailer and opcode, a mark, and the newline some servers add. */
  private static final int KEPT = 1 + RdbCopy.TRAILER + MARK_LENGTH + 1;

  private final String node;
  private final byte[] mark;
  private final boolean linkCloses;
  private final int[] shifts = new int[256];
  private final byte[] buffer = new byte[KEPT + READ];

  /** Where the buffer begins in the payload. */
  private long base;

  private int end;

  /** How much of the buffer has been passed on; never behind the trailer of a possible mark. */
  private int passed;

  /** Whether all that was read ends with a mark that the bytes before it do not prove. */
  private boolean unproven;

  /**
   * Prepares the search.
   *
   * @param linkCloses whether the server closes the link behind the mark
   */
  MarkedPayload(String node, byte[] mark, boolean linkCloses) {
    this.node = node;
    this.mark = mark.clone();
    this.linkCloses = linkCloses;
    Arrays.fill(shifts, MARK_LENGTH);
    for (int i = 0; i < MARK_LENGTH - 1; i++) {
      shifts[mark[i] & 0xff] = MARK_LENGTH - 1 - i;
    }
  }

  @Override
  public Checksum copy(ByteSource from, RdbCopy to) throws CaptureException, IOException {
    while (true) {
      int count = from.read(buffer, end, buffer.length - end);
      if (count < 0) {
        return closed(to);
      }
      int at = Math.max(0, end - MARK_LENGTH + 1);
      end += count;
      for (at = find(at); at >= 0; at = find(at + 1)) {
        if (proves(at, to)) {
          to.finish(buffer, at - RdbCopy.TRAILER);
          return Checksum.PROVEN;
        }
      }
      keepTail(to);
      if (unproven) {
        unproven = false;
        from.expectClose();
      }
    }
  }

  /** Whether the payload ends before the mark that is at this place in the buffer. */
  private boolean proves(int at, RdbCopy to) throws CaptureException, IOException {
    int trailer = at - RdbCopy.TRAILER;
    unproven = linkCloses && at + MARK_LENGTH == end;
    if (base + at < RdbCopy.SHORTEST || !RdbCopy.endsBefore(buffer, trailer)) {
      return false;
    }
    passUpTo(trailer, to);
    long expected = RdbCopy.trailer(buffer, trailer);
    if (expected == 0 && !linkCloses && to.crc64() != 0) {
      throw new CaptureException(
          Reason.UNSUPPORTED,
          node,
          "the snapshot seems to end after "
              + (base + at)
              + " bytes, but carries no checksum, and this server does not close the link behind"
              + " it, so nothing proves the end; set rdbchecksum to yes on the server");
    }
    return expected == to.crc64();
  }

  /** The server closed the link: without a checksum, only that can show which mark was the last. */
  private Checksum closed(RdbCopy to) throws CaptureException, IOException {
    int newline = end > 0 && buffer[end - 1] == '\n' ? 1 : 0;
    int at = end - MARK_LENGTH - newline;
    if (at < 0 || base + at < RdbCopy.SHORTEST || !isMark(at)) {
      at = end - MARK_LENGTH;
    }
    if (at < 0 || base + at < RdbCopy.SHORTEST || !isMark(at)) {
      throw new CaptureException(
          Reason.DROPPED,
          node,
          "the server closed the link after "
              + (base + end)
              + " bytes, before the end of the snapshot; its log says why (a full disk, a killed"
              + " child, repl-timeout)");
    }
    int trailer = at - RdbCopy.TRAILER;
    passUpTo(trailer, to);
    long expected = RdbCopy.trailer(buffer, trailer);
    if (expected != 0 || !linkCloses || !RdbCopy.endsBefore(buffer, trailer)) {
      throw Mismatch.of(node, base + at, expected, to.crc64());
    }
    to.finish(buffer, trailer);
    return Checksum.ABSENT;
  }

  private void keepTail(RdbCopy to) throws CaptureException, IOException {
    int cut = end - KEPT;
    if (cut >= RdbMagic.LENGTH) {
      passUpTo(cut, to);
      System.arraycopy(buffer, cut, buffer, 0, KEPT);
      base += cut;
      passed -= cut;
      end = KEPT;
    }
  }

  private void passUpTo(int to, RdbCopy copy) throws CaptureException, IOException {
    if (to > passed) {
      copy.pass(buffer, passed, to - passed);
      passed = to;
    }
  }

  private boolean isMark(int at) {
    return Arrays.equals(buffer, at, at + MARK_LENGTH, mark, 0, MARK_LENGTH);
  }

  /** Horspool's search: the next mark that begins at or behind the place, or -1. */
  private int find(int from) {
    int last = MARK_LENGTH - 1;
    for (int at = from; at + last < end; at += shifts[buffer[at + last] & 0xff]) {
      if (buffer[at + last] == mark[last] && isMark(at)) {
        return at;
      }
    }
    return -1;
  }
}
