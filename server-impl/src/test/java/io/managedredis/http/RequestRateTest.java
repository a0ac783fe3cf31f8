package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many requests a subject may make. */
class RequestRateTest {

  private final Clock clock = new Clock();

  /** Stands still until it is moved. */
  private static final class Clock implements TimeMeter {
    private final AtomicLong nanos = new AtomicLong(1_000_000_000);

    void pass(Duration time) {
      nanos.addAndGet(time.toNanos());
    }

    @Override
    public long currentTimeNanos() {
      return nanos.get();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  @Test
  void allRequestsOfAMinuteMayComeAtOnce() {
    RequestRate rate = new RequestRate(60, 10, clock);

    assertThat(granted(rate, "alice", 100)).isEqualTo(60);
  }

  @Test
  void aRefusalSaysHowLongToWaitAndThenTheNextIsGranted() {
    RequestRate rate = new RequestRate(60, 10, clock);
    assertThat(granted(rate, "alice", 60)).isEqualTo(60);

    Duration wait = rate.refusal("alice").orElseThrow();
    assertThat(wait).isEqualTo(Duration.ofSeconds(1));
    clock.pass(wait);
    assertThat(granted(rate, "alice", 2)).isEqualTo(1);
  }

  @Test
  void whatIsRefusedDoesNotCount() {
    RequestRate rate = new RequestRate(60, 10, clock);
    assertThat(granted(rate, "alice", 1000)).isEqualTo(60);

    clock.pass(Duration.ofSeconds(30));
    assertThat(granted(rate, "alice", 1000)).isEqualTo(30);
  }

  @Test
  void whoWaitsLongGainsNoMoreThanOneBucket() {
    RequestRate rate = new RequestRate(60, 10, clock);

    clock.pass(Duration.ofDays(365));
    assertThat(granted(rate, "alice", 1000)).isEqualTo(60);
  }

  @Test
  void oneSubjectTakesNothingFromAnother() {
    RequestRate rate = new RequestRate(60, 10, clock);
    assertThat(granted(rate, "mallory", 1000)).isEqualTo(60);

    assertThat(granted(rate, "alice", 1000)).isEqualTo(60);
  }

  @Test
  void aMillionSubjectsTakeNoMoreThanTheirBuckets() {
    RequestRate rate = new RequestRate(60, 100, clock);
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(rate.refusal("stranger-" + i)).isEmpty();
    }

    assertThat(rate.buckets()).isEqualTo(100);
  }

  @Test
  void theSubjectThatWasNotSeenTheLongestLosesItsBucketFirst() {
    RequestRate rate = new RequestRate(60, 3, clock);
    assertThat(granted(rate, "alice", 60)).isEqualTo(60);
    for (int i = 0; i < 10; i++) {
      assertThat(granted(rate, "stranger-" + i, 1)).isEqualTo(1);
      assertThat(rate.refusal("alice")).as("after %d strangers", i + 1).isPresent();
    }
  }

  @Test
  void whoLostABucketGainsOneFullOne() {
    RequestRate rate = new RequestRate(60, 3, clock);
    assertThat(granted(rate, "alice", 1000)).isEqualTo(60);
    for (int i = 0; i < 3; i++) {
      assertThat(granted(rate, "stranger-" + i, 1)).isEqualTo(1);
    }

    assertThat(granted(rate, "alice", 1000)).isEqualTo(60);
  }

  @Test
  void theHeaderSaysWholeSecondsAndNeverNone() {
    assertThat(Statuses.seconds(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(Statuses.seconds(Duration.ofSeconds(1))).isEqualTo(1);
    assertThat(Statuses.seconds(Duration.ofMillis(1001))).isEqualTo(2);
    assertThat(Statuses.seconds(Duration.ZERO)).isEqualTo(1);
  }

  private static int granted(RequestRate rate, String subject, int asked) {
    int granted = 0;
    for (int i = 0; i < asked; i++) {
      granted += rate.refusal(subject).isEmpty() ? 1 : 0;
    }
    return granted;
  }
}
