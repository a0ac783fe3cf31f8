package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the next read may wait. Beside the overall deadline there is one for the present step: a
 * fixed end, or so long for every byte. It is asked below TLS, so that neither a peer that drips
 * bytes into a record nor one that sends keep-alives gets more time.
 */
final class ReadClock {
  /** What ran out: the reason, and the words for the message. */
  record Expiry(Reason reason, String text) {}

  private final long overallEnd;
  private final Expiry overallExpiry;
  private long stepEnd;
  private long perRead;
  private Expiry stepExpiry;
  private @Nullable Expiry expired;

  /** Starts the overall deadline. */
  ReadClock(Duration overall) {
    long now = System.nanoTime();
    overallEnd = now + overall.toNanos();
    overallExpiry =
        new Expiry(
            Reason.DEADLINE,
            "the capture was not done within its overall deadline of " + text(overall));
    stepEnd = overallEnd;
    perRead = Long.MAX_VALUE;
    stepExpiry = overallExpiry;
  }

  /** All of the next step has to happen within the duration from now. */
  void within(Duration duration, Expiry expiry) {
    perRead = Long.MAX_VALUE;
    stepEnd = System.nanoTime() + duration.toNanos();
    stepExpiry = expiry;
  }

  /** From now on every read may take as long as this; a step that ran out is forgotten. */
  void perRead(Duration duration, Expiry expiry) {
    expired = null;
    perRead = duration.toNanos();
    stepEnd = overallEnd;
    stepExpiry = expiry;
  }

  /**
   * The timeout for the read that follows, in milliseconds, at least 1.
   *
   * @param waited how long this read has been waiting already, in nanoseconds
   * @throws SocketTimeoutException if there is no time left; {@link #expired()} then says which
   */
  int timeout(long waited) throws SocketTimeoutException {
    long now = System.nanoTime();
    long overallLeft = overallEnd - now;
    long stepLeft = Math.min(stepEnd - now, perRead - waited);
    if (overallLeft <= 0 || stepLeft <= 0) {
      Expiry expiry = overallLeft <= 0 ? overallExpiry : stepExpiry;
      expired = expiry;
      throw new SocketTimeoutException(expiry.text());
    }
    long millis = Math.min(overallLeft, stepLeft) / 1_000_000 + 1;
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  /** What ran out, if something did. */
  @Nullable Expiry expired() {
    return expired;
  }

  /** A duration for a message. */
  static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
