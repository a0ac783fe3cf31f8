package io.managedredis.backup;

/**
 * Does something to the servers while their data is being read: in each attempt once, at the first
 * bytes that have come, or at the first shard that is whole. All captures wait meanwhile as soon as
 * they have something to tell, so it happens before their end.
 */
final class MidCapture implements CaptureProgress {

  /** When to do it. */
  enum Moment {
    FIRST_BYTES,
    FIRST_SHARD
  }

  /** What to do. */
  @FunctionalInterface
  interface Incident {
    /** Attempts count from 1. */
    void happen(int attempt) throws Exception;
  }

  private final Moment moment;
  private final Incident incident;
  private int attempts;
  private boolean pending;

  MidCapture(Moment moment, Incident incident) {
    this.moment = moment;
    this.incident = incident;
  }

  @Override
  public synchronized void captured(long bytes, int shardsDone, int shardsTotal) {
    if (bytes == 0 && shardsDone == 0) {
      attempts++;
      pending = true;
    } else if (pending && (moment == Moment.FIRST_BYTES || shardsDone > 0)) {
      pending = false;
      try {
        incident.happen(attempts);
      } catch (Exception e) {
        throw new IllegalStateException("The incident could not be brought about", e);
      }
    }
  }

  /** How many attempts got as far as reading data. */
  synchronized int attempts() {
    return attempts;
  }
}
