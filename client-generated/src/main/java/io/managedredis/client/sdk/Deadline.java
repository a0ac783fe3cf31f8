package io.managedredis.client.sdk;

import java.time.Duration;

/** A moment at which something has to be over. */
record Deadline(Time time, long end) {

  /** What {@link System#nanoTime()} can tell apart, well rounded down. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  static Deadline in(Time time, Duration length) {
    Duration bounded = length.compareTo(LONGEST) < 0 ? length : LONGEST;
    return new Deadline(time, time.nanoTime() + bounded.toNanos());
  }

  /** This one, or the end of that length from now, whatever comes first. */
  Deadline orIn(Duration length) {
    return left().compareTo(length) < 0 ? this : in(time, length);
  }

  /** What is left; never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, end - time.nanoTime()));
  }
}
