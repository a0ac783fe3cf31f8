package io.managedredis.client.sdk;

import java.time.Duration;
import java.time.Instant;

/** The clock, and waiting by it. */
interface Time {

  /** The machine's. */
  Time REAL =
      new Time() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void pause(Duration length) throws InterruptedException {
          Thread.sleep(length.toMillis(), length.toNanosPart() % 1_000_000);
        }
      };

  /** For differences only, as {@link System#nanoTime()}. */
  long nanoTime();

  /** The instant, for what others say in instants. */
  Instant now();

  /** Waits. */
  void pause(Duration length) throws InterruptedException;
}
