package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A listener with a full queue: Linux answers no further connection. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ConnectorTest {
  private final List<Socket> queued = new ArrayList<>();
  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

  ConnectorTest() throws IOException {}

  @BeforeEach
  void fillTheQueue() throws IOException {
    for (boolean full = false; !full; ) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(listener.getLocalSocketAddress(), 300);
      } catch (SocketTimeoutException e) {
        full = true;
      }
    }
  }

  @AfterEach
  void empty() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    listener.close();
  }

  @Test
  void aNodeThatDoesNotAnswerIsUnreachableWithinTheDeadline() {
    CaptureException e = connect(Duration.ofMillis(300), new Cancellation());
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e).hasMessageContaining("no connection within 300 ms");
  }

  @Test
  void cancellingEndsTheWaitAtOnce() throws Exception {
    Cancellation cancellation = new Cancellation();
    CompletableFuture<Thread> connecting = new CompletableFuture<>();
    CompletableFuture<CaptureException> failure =
        CompletableFuture.supplyAsync(
            () -> {
              connecting.complete(Thread.currentThread());
              return connect(Duration.ofSeconds(50), cancellation);
            });
    Thread thread = connecting.get(5, TimeUnit.SECONDS);
    Awaitility.await()
        .until(
            () ->
                List.of(thread.getStackTrace()).stream()
                    .anyMatch(frame -> frame.getMethodName().equals("connect")));
    cancellation.cancel();
    assertThat(failure.get(5, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
  }

  private CaptureException connect(Duration limit, Cancellation cancellation) {
    Duration other = Duration.ofSeconds(50);
    SnapshotClient client = new SnapshotClient(new Deadlines(limit, other, other, other, other));
    return catchThrowableOfType(
        CaptureException.class,
        () ->
            client.preflight(
                new Source("127.0.0.1", listener.getLocalPort(), null, null, null), cancellation));
  }
}
