package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers that come in pieces. */
class RespClientTest {
  private static final Duration LONGER_THAN_IT_TAKES_TO_FAIL = Duration.ofMillis(300);

  @Test
  void theEndOfABulkStringMayComeInTwoPieces() throws Exception {
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RespClient client = new RespClient("127.0.0.1", server.getLocalPort(), 30_000);
        Socket peer = server.accept()) {
      peer.setTcpNoDelay(true);
      OutputStream out = peer.getOutputStream();
      Future<@Nullable Object> answer = reader.submit(client::receive);
      out.write(ascii("$3\r\nabc\r"));
      Awaitility.await()
          .during(LONGER_THAN_IT_TAKES_TO_FAIL)
          .atMost(Duration.ofSeconds(10))
          .until(() -> !answer.isDone());
      out.write(ascii("\n:7\r\n"));
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(ascii("abc"));
      assertThat(client.receive()).isEqualTo(7L);
    } finally {
      reader.shutdownNow();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
