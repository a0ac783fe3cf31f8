package io.managedredis.client.sdk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that moves only by the pauses that are made, which it keeps. */
final class ManualTime implements Time {

  static final Instant START = Instant.parse("2026-11-22T03:00:00Z");

  private final List<Duration> pauses = new ArrayList<>();
  private Duration passed = Duration.ZERO;

  @Override
  public long nanoTime() {
    return passed.toNanos();
  }

  @Override
  public Instant now() {
    return START.plus(passed);
  }

  @Override
  public void pause(Duration length) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    pauses.add(length);
    passed = passed.plus(length);
  }

  List<Duration> pauses() {
    return pauses;
  }
}
