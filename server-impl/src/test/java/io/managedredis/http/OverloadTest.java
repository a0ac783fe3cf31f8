package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More requests than there are workers, and callers who do not take their answers. */
class OverloadTest {

  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String READY = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String LIST =
      "GET /managed-redis/v1/backups?folderId=b1gover HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** Needs a worker, since it may have to ask nodes. */
  private static final String CLUSTERS =
      "GET /managed-redis/v1/clusters?folderId=b1gover HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private static final int IN_FLIGHT = 256;
  private static final int PIECE = 100;
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final String LIMITS = "{connections: 2000, connectionsPerAddress: 2000}";

  private final List<RawHttp> connections = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void close() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
  }

  /** Keeps every worker that comes along until it is opened. */
  private static final class Gate implements ContainerRequestFilter {
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void filter(ContainerRequestContext request) {
      try {
        assertThat(open.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void oneRequestTooManyIsRefusedAtOnceAndNoneThatWasTakenIsLost() throws IOException {
    Gate gate = new Gate();
    try (RunningService service =
        RunningService.in(folder).setting("limits", LIMITS).component(gate).start()) {
      for (int i = 0; i < IN_FLIGHT; i++) {
        connect(service).send(CLUSTERS);
      }
      List<RawHttp> asked = List.copyOf(connections);
      // While the gate is closed, nobody gets an answer but who is refused.
      Awaitility.await("one too many")
          .atMost(LONGEST)
          .until(
              () -> {
                connect(service).send(CLUSTERS);
                return connections.get(connections.size() - 2).isAnswered();
              });
      for (int i = 0; i < 50; i++) {
        long begun = System.nanoTime();
        assertRefused(service);
        assertServed(connect(service), LIVE);
        assertThat(since(begun)).isLessThan(Duration.ofSeconds(3));
      }
      RawHttp health = connect(service);
      health.send(READY);

      gate.open.countDown();
      int taken = 0;
      for (RawHttp connection : asked) {
        taken += connection.answer("GET").status() == 200 ? 1 : 0;
      }
      assertThat(taken).isGreaterThan(IN_FLIGHT - 10);
      assertThat(health.answer("GET").status()).isEqualTo(200);
      assertServed(connect(service), CLUSTERS);
    }
  }

  @Test
  void tenThousandRequestsInOneGoAreAllAnsweredInTurn() throws Exception {
    try (RunningService service = RunningService.in(folder).setting("limits", LIMITS).start()) {
      RawHttp caller = connect(service);
      CompletableFuture<Integer> sending =
          inThread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  caller.send(LIVE + LIST);
                }
                return 10_000;
              });
      for (int i = 0; i < 10_000; i++) {
        assertThat(caller.answer("GET").status()).isEqualTo(200);
      }
      assertThat(sending.get(LONGEST.toSeconds(), TimeUnit.SECONDS)).isEqualTo(10_000);
    }
  }

  @Test
  void whoNeverReadsKeepsNoWorkerAndIsNotReadFromForEver() throws Exception {
    try (RunningService service = RunningService.in(folder).setting("limits", LIMITS).start()) {
      // More than there are workers, each with answers of many MB before it.
      List<CompletableFuture<Integer>> sending = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        RawHttp greedy = new RawHttp(service.port(), 4096);
        connections.add(greedy);
        sending.add(sending(greedy));
      }
      RawHttp other = connect(service);
      for (int i = 0; i < 200; i++) {
        long asked = System.nanoTime();
        assertServed(other, LIST);
        assertThat(since(asked)).isLessThan(Duration.ofSeconds(3));
      }
      for (RawHttp greedy : connections) {
        greedy.close();
      }
      for (CompletableFuture<Integer> sent : sending) {
        // Each would have sent 80 MB.
        assertThat(sent.get(LONGEST.toSeconds(), TimeUnit.SECONDS)).isLessThan(500_000);
      }
    }
  }

  /** Sends for as long as the server takes it, and answers how often it took it. */
  private static CompletableFuture<Integer> sending(RawHttp greedy) {
    byte[] requests = LIST.repeat(PIECE).getBytes(StandardCharsets.ISO_8859_1);
    return inThread(
        () -> {
          int count = 0;
          try {
            for (; count < 1_000_000; count += PIECE) {
              greedy.sendUnread(requests);
            }
          } catch (IOException e) {
            return count;
          }
          return count;
        });
  }

  private static <T> CompletableFuture<T> inThread(Callable<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(task.call());
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            },
            "caller");
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private void assertRefused(RunningService service) throws IOException {
    RawHttp connection = connect(service);
    connection.send(CLUSTERS);
    Exchange refused = connection.answer("GET");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
    assertThat(StatusAnswer.of(refused.status(), refused.body()).code()).isEqualTo(14);
  }

  private static void assertServed(RawHttp connection, String request) throws IOException {
    connection.send(request);
    assertThat(connection.answer("GET").status()).isEqualTo(200);
  }

  private RawHttp connect(RunningService service) throws IOException {
    RawHttp connection = new RawHttp(service.port());
    connections.add(connection);
    return connection;
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
