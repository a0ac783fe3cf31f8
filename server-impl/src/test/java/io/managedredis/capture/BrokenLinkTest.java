package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real server behind a link that fails. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class BrokenLinkTest {
  private static final int SIZE = 1_000_000;
  private static final Duration LONG = Duration.ofSeconds(100);
  private static final SnapshotClient CLIENT =
      new SnapshotClient(new Deadlines(LONG, LONG, LONG, Duration.ofSeconds(1), LONG));

  private final RedisProcess redis = RedisProcess.start();

  @BeforeAll
  void fill() {
    redis.command("CONFIG", "SET", "repl-diskless-sync-delay", "0");
    redis.fill(SIZE / 1000, 1000);
  }

  @AfterAll
  void stop() {
    redis.close();
  }

  @ParameterizedTest
  @CsvSource({
    "yes, 0", "yes, 3", "yes, 60", "yes, 150", "yes, 500000", "yes, 1000000",
    "no, 0", "no, 3", "no, 60", "no, 150", "no, 500000", "no, 1000000"
  })
  void aLinkThatDropsIsDropped(String diskless, long after) throws Exception {
    redis.command("CONFIG", "SET", "repl-diskless-sync", diskless);
    try (FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.dropAfter(after);
      CaptureException e = failure(proxy);
      assertThat(e.reason()).isEqualTo(Reason.DROPPED);
      assertThat(e.retryable()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"yes", "no"})
  void aLinkThatStallsIsStalled(String diskless) throws Exception {
    redis.command("CONFIG", "SET", "repl-diskless-sync", diskless);
    try (FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.stallAfter(500_000);
      CaptureException e = failure(proxy);
      assertThat(e.reason()).isEqualTo(Reason.STALLED);
      assertThat(e).hasMessageContaining("no byte came for 1 s, after ");
    }
  }

  @ParameterizedTest
  @CsvSource({"yes", "no"})
  void aFlippedBitIsCorrupt(String diskless) throws Exception {
    redis.command("CONFIG", "SET", "repl-diskless-sync", diskless);
    try (FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.flipByteAt(500_000);
      CaptureException e = failure(proxy);
      assertThat(e.reason()).isEqualTo(Reason.CORRUPT);
      assertThat(e).hasMessageContaining("CRC64");
    }
  }

  @Test
  void theNextTryWorksWhenTheLinkDoes() throws Exception {
    redis.command("CONFIG", "SET", "repl-diskless-sync", "no");
    try (FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.limitTo(1);
      proxy.dropAfter(500_000);
      assertThat(failure(proxy).reason()).isEqualTo(Reason.DROPPED);
      Snapshot snapshot =
          CLIENT.capture(
              source(proxy.port()), new ByteArrayOutputStream()::write, new Cancellation());
      assertThat(snapshot.checksum()).isEqualTo(Checksum.PROVEN);
    }
  }

  @Test
  void cancellingInTheMiddleEndsItAtOnce() throws Exception {
    redis.command("CONFIG", "SET", "repl-diskless-sync", "no");
    try (FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.stallAfter(500_000);
      SnapshotClient patient = new SnapshotClient(new Deadlines(LONG, LONG, LONG, LONG, LONG));
      Cancellation cancellation = new Cancellation();
      AtomicBoolean begun = new AtomicBoolean();
      CompletableFuture<CaptureException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      CaptureException.class,
                      () ->
                          patient.capture(
                              source(proxy.port()),
                              (bytes, offset, length) -> begun.set(true),
                              cancellation)));
      Awaitility.await().untilTrue(begun);
      cancellation.cancel();
      assertThat(failure.get(5, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
    }
  }

  @Test
  void whatIsCancelledDoesNotBegin() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    CaptureException e =
        catchThrowableOfType(
            CaptureException.class,
            () ->
                CLIENT.capture(
                    source(redis.port()), new ByteArrayOutputStream()::write, cancellation));
    assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
  }

  private static Source source(int port) {
    return new Source("127.0.0.1", port, null, null, null);
  }

  private static CaptureException failure(FaultProxy proxy) {
    return catchThrowableOfType(
        CaptureException.class,
        () ->
            CLIENT.capture(
                source(proxy.port()), new ByteArrayOutputStream()::write, new Cancellation()));
  }
}
