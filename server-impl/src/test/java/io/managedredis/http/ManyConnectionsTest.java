package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More connections than the limits allow. */
class ManyConnectionsTest {

  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String LIST =
      "GET /managed-redis/v1/backups?folderId=b1gmany HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String NEIGHBOUR = "127.0.0.2";
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Pattern OPEN =
      Pattern.compile("(?m)^managed_redis_http_connections ([0-9.]+)$");

  private final List<RawHttp> connections = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void close() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
  }

  @Test
  void oneAddressTakesItsShareAndOthersAreServed() throws IOException {
    try (RunningService service = started("{connections: 100, connectionsPerAddress: 5}")) {
      for (int i = 0; i < 5; i++) {
        assertServed(connect(service));
      }

      assertTold(connect(service));
      assertServed(neighbour(service));
    }
  }

  @Test
  void tooManyAltogetherAreToldSo() throws IOException {
    try (RunningService service = started("{connections: 5, connectionsPerAddress: 5}")) {
      for (int i = 0; i < 5; i++) {
        assertServed(connect(service));
      }

      assertTold(neighbour(service));
    }
  }

  @Test
  void farTooManyAreClosedAtOnceAndOthersAreServed() throws IOException {
    try (RunningService service = started("{connections: 1000, connectionsPerAddress: 5}")) {
      for (int i = 0; i < 300; i++) {
        RawHttp unused = connect(service);
      }

      int served = 0;
      for (RawHttp connection : List.copyOf(connections)) {
        served += isServed(connection) ? 1 : 0;
      }
      assertThat(served).isEqualTo(5);
      RawHttp neighbour = neighbour(service);
      for (int i = 0; i < 100; i++) {
        long asked = System.nanoTime();
        assertServed(neighbour);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
      }
    }
  }

  @Test
  void aPlaceIsFreeAgainWhenItsConnectionEnds() throws IOException {
    try (RunningService service = started("{connections: 2, connectionsPerAddress: 2}")) {
      RawHttp first = connect(service);
      assertServed(first);
      assertServed(connect(service));
      first.close();

      Awaitility.await("a free place")
          .atMost(LONGEST)
          .until(
              () -> {
                RawHttp next = connect(service);
                next.send(LIVE);
                return next.answer("GET").status() == 200;
              });
    }
  }

  @Test
  void thousandsOfConnectionsLeaveNoCountBehindHoweverTheyEnd() throws IOException {
    try (RunningService service =
        started("{connections: 3000, connectionsPerAddress: 2500, headerTimeout: 1s}")) {
      for (int i = 0; i < 3000; i++) {
        RawHttp connection = connect(service);
        switch (i % 6) {
          case 0 -> connection.closeWithReset();
          case 1 -> connection.send(LIVE + LIST);
          case 2 -> connection.send(LIST.substring(0, 20));
          case 3 -> connection.send("garbage\r\n\r\n");
          case 4 ->
              connection.send(
                  "POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhello");
          default -> assertThat(i).isPositive();
        }
        if (i % 12 < 6) {
          connection.close();
        }
      }
      for (RawHttp connection : connections) {
        connection.closeWithReset();
      }

      Awaitility.await("only the connection that asks is open")
          .atMost(LONGEST)
          .until(() -> open(service) == 1);
    }
  }

  /** As the service itself counts them, the one that asks included. */
  private static int open(RunningService service) {
    Matcher found = OPEN.matcher(service.send("GET", "/metrics").body());
    assertThat(found.find()).isTrue();
    return (int) Double.parseDouble(found.group(1));
  }

  private RunningService started(String limits) {
    return RunningService.in(folder).setting("limits", limits).start();
  }

  private RawHttp connect(RunningService service) throws IOException {
    RawHttp connection = new RawHttp(service.port());
    connections.add(connection);
    return connection;
  }

  private RawHttp neighbour(RunningService service) throws IOException {
    RawHttp connection = new RawHttp(service.port(), NEIGHBOUR);
    connections.add(connection);
    return connection;
  }

  private static void assertServed(RawHttp connection) throws IOException {
    connection.send(LIST);
    assertThat(connection.answer("GET").status()).isEqualTo(200);
  }

  /** Whether it is; the others are told why they are not, or just end. */
  private static boolean isServed(RawHttp connection) {
    try {
      connection.send(LIST);
      return connection.answer("GET").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static void assertTold(RawHttp connection) throws IOException {
    connection.send(LIST);
    Exchange answer = connection.answer("GET");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(StatusAnswer.of(answer.status(), answer.body()).code()).isEqualTo(14);
    assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
    assertThat(connection.untilClosed()).isEmpty();
  }
}
