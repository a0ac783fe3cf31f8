package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who take their time: they cost the others nothing, and they come to an end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowCallersTest {

  private static final int CROWD = 300;
  private static final String LIST = "/managed-redis/v1/backups?folderId=b1gslow";
  private static final String GET = "GET " + LIST + " HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** A call that goes on record would wait for the disk as well. */
  private static final String WITH_A_BODY =
      "GET /managed-redis/v1/clusters/c9qunknown HTTP/1.1\r\nHost: localhost\r\n";

  /** Of the server: none of these tests may take longer than what it says by much. */
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** How much later a busy machine may notice. */
  private static final Duration SLACK = Duration.ofSeconds(4);

  private final RunningService service;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
  private final List<RawHttp> connections = new ArrayList<>();

  /** Bytes that could not be sent any more. */
  private final AtomicInteger cutOff = new AtomicInteger();

  SlowCallersTest(@TempDir Path folder) {
    service =
        RunningService.in(folder)
            .setting(
                "limits",
                "{headerTimeout: 2s, bodyTimeout: 2s, idleTimeout: 2s, connections: 2000,"
                    + " connectionsPerAddress: 1000}")
            .start();
  }

  @AfterEach
  void close() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
    connections.clear();
  }

  @AfterAll
  void end() {
    clock.shutdownNow();
    service.close();
  }

  @Test
  void slowLorisHeadersStarveNobodyAndAreCutOff() throws IOException {
    long begun = System.nanoTime();
    ScheduledFuture<?> dribble = dribble("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "a");

    assertOthersAreAnswered();
    assertAllEnd(begun);
    dribble.cancel(true);
  }

  @Test
  void slowRequestLinesStarveNobodyAndAreCutOff() throws IOException {
    long begun = System.nanoTime();
    ScheduledFuture<?> dribble = dribble("GET /", "a");

    assertOthersAreAnswered();
    assertAllEnd(begun);
    dribble.cancel(true);
  }

  @Test
  void connectionsThatSayNothingAreCutOff() throws IOException {
    long begun = System.nanoTime();
    crowd("");

    assertOthersAreAnswered();
    assertAllEnd(begun);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 60000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffff\r\n"
      })
  void slowBodiesStarveNobodyAndAreCutOff(String headers) throws IOException {
    long begun = System.nanoTime();
    ScheduledFuture<?> dribble = dribble(WITH_A_BODY + headers, "1");

    assertOthersAreAnswered();
    assertAllEnd(begun);
    dribble.cancel(true);
  }

  @Test
  void idleConnectionsAreKeptForAWhileAndThenEnd() throws IOException {
    RawHttp connection = connect();
    connection.send(GET);
    assertThat(connection.answer("GET").status()).isEqualTo(200);
    connection.send(GET);
    assertThat(connection.answer("GET").status()).isEqualTo(200);

    long rested = System.nanoTime();
    assertThat(connection.untilClosed()).isEmpty();
    assertThat(since(rested)).isBetween(DEADLINE.minusMillis(500), DEADLINE.plus(SLACK));
  }

  /** Several large answers, more than the kernel would take in place of a slow caller. */
  @Test
  void whoReadsSlowlyGetsEveryAnswerToItsEnd() throws IOException {
    int answers = 6;
    try (RawHttp slow = new RawHttp(service.port(), 8192)) {
      slow.send(
          "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(answers));
      long begun = System.nanoTime();
      for (int i = 0; i < answers; i++) {
        long length =
            slow.answerWithoutBody().headers().firstValueAsLong("content-length").orElseThrow();
        assertThat(length).isGreaterThan(1_000_000);
        readInPieces(slow, length);
      }
      assertThat(since(begun)).isGreaterThan(DEADLINE.multipliedBy(2));
    }
  }

  /** Over about a second. */
  private static void readInPieces(RawHttp slow, long length) {
    long[] left = {length};
    Awaitility.await("all of it")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              int next = (int) Math.min(left[0], length / 10 + 1);
              left[0] -= slow.bytes(next).length;
              return left[0] == 0;
            });
  }

  private RawHttp connect() throws IOException {
    RawHttp connection = new RawHttp(service.port());
    connections.add(connection);
    return connection;
  }

  private void crowd(String begin) throws IOException {
    for (int i = 0; i < CROWD; i++) {
      connect().send(begin);
    }
  }

  /** Many connections, and a byte on each of them every 200 ms. */
  private ScheduledFuture<?> dribble(String begin, String piece) throws IOException {
    crowd(begin);
    List<RawHttp> crowd = List.copyOf(connections);
    return clock.scheduleWithFixedDelay(
        () -> {
          for (RawHttp connection : crowd) {
            try {
              connection.send(piece);
            } catch (IOException e) {
              cutOff.incrementAndGet();
            }
          }
        },
        0,
        200,
        TimeUnit.MILLISECONDS);
  }

  private void assertOthersAreAnswered() {
    for (int i = 0; i < 30; i++) {
      long asked = System.nanoTime();
      assertThat(service.send("GET", LIST).statusCode()).isEqualTo(200);
      assertThat(since(asked)).isLessThan(DEADLINE);
    }
  }

  private void assertAllEnd(long begun) throws IOException {
    for (RawHttp connection : connections) {
      String rest = new String(connection.untilClosed(), StandardCharsets.ISO_8859_1);
      assertThat(rest)
          .satisfiesAnyOf(
              r -> assertThat(r).isEmpty(), r -> assertThat(r).startsWith("HTTP/1.1 404"));
    }
    assertThat(since(begun)).isBetween(DEADLINE, DEADLINE.plus(SLACK));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
