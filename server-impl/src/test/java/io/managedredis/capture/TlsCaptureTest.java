package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.ScriptedServer;
import io.managedredis.testing.TestTls;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server behind a proxy that ends TLS. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class TlsCaptureTest {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration SHORT = Duration.ofMillis(500);

  private final TestTls tls = TestTls.forName("ip:127.0.0.1");
  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();

  @AfterAll
  void stop() {
    redis.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aSnapshotComesThroughTls(String diskless) throws Exception {
    redis.command("CONFIG", "SET", "repl-diskless-sync", diskless);
    redis.fill(1000, 1000);
    try (FaultProxy proxy = FaultProxy.to(redis.port(), tls.serverSockets())) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Snapshot snapshot =
          client(LONG, LONG).capture(source(proxy.port(), tls), out::write, new Cancellation());
      assertThat(snapshot.bytes()).isEqualTo(out.size()).isGreaterThan(1_000_000);
    }
  }

  @Test
  void aCertificateForAnotherHostIsRefused() {
    TestTls other = TestTls.forName("ip:127.0.0.2");
    try (FaultProxy proxy = FaultProxy.to(redis.port(), other.serverSockets())) {
      CaptureException e = failure(client(LONG, LONG), source(proxy.port(), other));
      assertThat(e.reason()).isEqualTo(Reason.TLS);
      assertThat(e).hasMessageContaining("127.0.0.1").hasMessageContaining("for another name");
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() {
    TestTls other = TestTls.forName("ip:127.0.0.1");
    try (FaultProxy proxy = FaultProxy.to(redis.port(), other.serverSockets())) {
      assertThat(failure(client(LONG, LONG), source(proxy.port(), tls)).reason())
          .isEqualTo(Reason.TLS);
    }
  }

  @Test
  void aPortWithoutTlsIsATlsErrorWithinTheHandshakeDeadline() {
    CaptureException e = failure(client(SHORT, LONG), source(redis.port(), tls));
    assertThat(e.reason()).isEqualTo(Reason.TLS);
  }

  @Test
  void aPeerThatNeverShakesHandsIsATlsErrorWithinTheHandshakeDeadline() {
    try (ScriptedServer server = ScriptedServer.script().start()) {
      CaptureException e = failure(client(SHORT, LONG), source(server.port(), tls));
      assertThat(e.reason()).isEqualTo(Reason.TLS);
    }
  }

  @Test
  void aPortWithTlsIsNotAPlainServer() {
    try (FaultProxy proxy = FaultProxy.to(redis.port(), tls.serverSockets())) {
      Source plain = new Source("127.0.0.1", proxy.port(), null, null, null);
      CaptureException e = failure(client(LONG, LONG), plain);
      assertThat(e.reason()).isIn(Reason.PROTOCOL, Reason.DROPPED);
      assertThat(e).hasMessageContaining("TLS");
    }
  }

  @Test
  void aStallBelowTlsIsStalled() {
    redis.fill(1000, 1000);
    try (FaultProxy proxy = FaultProxy.to(redis.port(), tls.serverSockets())) {
      proxy.stallAfter(500_000);
      CaptureException e = failure(client(LONG, SHORT), source(proxy.port(), tls));
      assertThat(e.reason()).isEqualTo(Reason.STALLED);
    }
  }

  @Test
  void aLinkThatDropsBelowTlsIsDropped() {
    redis.fill(1000, 1000);
    try (FaultProxy proxy = FaultProxy.to(redis.port(), tls.serverSockets())) {
      proxy.dropAfter(500_000);
      CaptureException e = failure(client(LONG, LONG), source(proxy.port(), tls));
      assertThat(e.reason()).isEqualTo(Reason.DROPPED);
    }
  }

  @Test
  void cancellingEndsAStalledTlsLinkAtOnce() throws Exception {
    redis.fill(1000, 1000);
    try (FaultProxy proxy = FaultProxy.to(redis.port(), tls.serverSockets())) {
      proxy.stallAfter(500_000);
      Cancellation cancellation = new Cancellation();
      AtomicBoolean begun = new AtomicBoolean();
      CompletableFuture<CaptureException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      CaptureException.class,
                      () ->
                          client(LONG, LONG)
                              .capture(
                                  source(proxy.port(), tls),
                                  (bytes, offset, length) -> begun.set(true),
                                  cancellation)));
      Awaitility.await().untilTrue(begun);
      cancellation.cancel();
      assertThat(failure.get(5, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
    }
  }

  private static SnapshotClient client(Duration handshake, Duration stall) {
    return new SnapshotClient(new Deadlines(LONG, handshake, LONG, stall, LONG));
  }

  private static Source source(int port, TestTls tls) {
    return new Source("127.0.0.1", port, null, null, tls.clientSockets());
  }

  private static CaptureException failure(SnapshotClient client, Source source) {
    return catchThrowableOfType(
        CaptureException.class,
        () -> client.capture(source, new ByteArrayOutputStream()::write, new Cancellation()));
  }
}
