package io.managedredis.capture;

import java.time.Duration;

/**
 * How long a capture waits for what. Each is positive and at most a year.
 *
 * @param connect to look the host up and to connect
 * @param handshake for the TLS handshake, and for the answer to each command before PSYNC
 * @param firstByte from PSYNC to the first byte of the payload. It has to be generous: a server
 *     answers {@code +FULLRESYNC} only when its child starts, so {@code repl-diskless-sync-delay}
 *     and a BGSAVE that is already running both fall into it. Keep-alives do not extend it.
 * @param stall for the next byte, once the payload has begun
 * @param overall for the whole capture
 */
public record Deadlines(
    Duration connect, Duration handshake, Duration firstByte, Duration stall, Duration overall) {
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is not positive, or longer than a year
   */
  public Deadlines {
    check("connect", connect);
    check("handshake", handshake);
    check("firstByte", firstByte);
    check("stall", stall);
    check("overall", overall);
  }

  /** 5 s to connect, 10 s per answer, 10 min to the first byte, 60 s per stall, 6 h overall. */
  public static Deadlines defaults() {
    return new Deadlines(
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        Duration.ofSeconds(60),
        Duration.ofHours(6));
  }

  private static void check(String name, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "The deadline " + name + " is " + value + ", not positive and at most " + LONGEST);
    }
  }
}
