package io.managedredis.http;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many requests each subject may make: a bucket of tokens for each, full at first and refilled
 * evenly. The buckets are bounded in number; the one that was not asked for the longest goes first.
 * Whoever lost one begins with a full one, and so gains one bucket at most; after a minute without
 * a request it would have been full again anyway. Safe for use by many threads.
 *
 * <p>Who is known and who is not must not share one of these: strangers with many addresses would
 * push out the buckets of those who are known.
 */
final class RequestRate {

  /** About 3 MB of them. */
  private static final int MOST_BUCKETS = 10_000;

  private final int perMinute;
  private final TimeMeter clock;
  private final Buckets buckets;

  /** Of whoever asked last: mostly one caller asks many times, and need not wait for the lock. */
  private volatile @Nullable Last last;

  private record Last(String subject, Bucket bucket) {}

  /**
   * Full buckets for everybody.
   *
   * @param perMinute what a subject may ask in a minute, also all at once; 1 or more
   */
  RequestRate(int perMinute) {
    this(perMinute, MOST_BUCKETS, TimeMeter.SYSTEM_NANOTIME);
  }

  RequestRate(int perMinute, int mostBuckets, TimeMeter clock) {
    this.perMinute = perMinute;
    this.clock = clock;
    this.buckets = new Buckets(mostBuckets);
  }

  /**
   * Counts a request.
   *
   * @return how long to wait before the next one, more than zero, when this one is too many; it
   *     does not count then
   */
  Optional<Duration> refusal(String subject) {
    ConsumptionProbe taken = bucket(subject).tryConsumeAndReturnRemaining(1);
    return taken.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(1, taken.getNanosToWaitForRefill())));
  }

  /** How many subjects have a bucket now. */
  int buckets() {
    synchronized (buckets) {
      return buckets.size();
    }
  }

  private Bucket bucket(String subject) {
    Last known = last;
    if (known != null && known.subject().equals(subject)) {
      return known.bucket();
    }
    Bucket bucket;
    synchronized (buckets) {
      bucket = buckets.computeIfAbsent(subject, unknown -> full());
    }
    last = new Last(subject, bucket);
    return bucket;
  }

  private Bucket full() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
        .withCustomTimePrecision(clock)
        .build();
  }

  /** In the order of their last use. */
  private static final class Buckets extends LinkedHashMap<String, Bucket> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Buckets(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > most;
    }
  }
}
