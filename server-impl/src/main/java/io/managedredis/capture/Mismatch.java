package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import java.util.Locale;

/** A snapshot that came to its end and is not what the server meant to send. */
final class Mismatch {
  private Mismatch() {}

  static CaptureException of(String node, long bytes, long expected, long actual) {
    return new CaptureException(
        Reason.CORRUPT,
        node,
        String.format(
            Locale.ROOT,
            "the snapshot of %d bytes does not end with the opcode 0xFF and its CRC64: expected"
                + " 0x%016x, the bytes give 0x%016x; they changed on the way or in the server's"
                + " memory or disk",
            bytes,
            expected,
            actual));
  }
}
