package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.ScriptedServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections: kept, and ended in order. */
class ConnectionsTest {

  private static final String CLUSTER = "c9qconnections000001";
  private static final String OFFERING_AN_UPGRADE =
      """
      GET /managed-redis/v1/backups?folderId=b1g HTTP/1.1
      Host: localhost
      Connection: Upgrade, HTTP2-Settings
      Upgrade: h2c
      HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA

      """
          .replace("\n", "\r\n");
  private static final Duration LONGEST = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  void anOfferToUpgradeIsLeftAloneAndTheConnectionIsKept() throws IOException {
    try (RunningService service =
            RunningService.in(folder).cluster(CLUSTER, "b1g", "127.0.0.1:1").start();
        RawHttp connection = new RawHttp(service.port())) {
      for (int request = 0; request < 5; request++) {
        connection.send(OFFERING_AN_UPGRADE);
        assertThat(connection.answer("GET").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aRequestInFlightIsAnsweredWhileTheServiceEnds() throws Exception {
    // A node that says nothing keeps the request waiting for as long as a node has to answer.
    try (ScriptedServer silent = ScriptedServer.script().start();
        RunningService service =
            RunningService.in(folder)
                .cluster(CLUSTER, "b1g", "127.0.0.1:" + silent.port())
                .start()) {
      CompletableFuture<HttpResponse<String>> inFlight =
          CompletableFuture.supplyAsync(
              () -> service.send("GET", "/managed-redis/v1/clusters/" + CLUSTER));
      Awaitility.await("the node is being asked")
          .atMost(LONGEST)
          .until(() -> !silent.received().isEmpty());
      int port = service.port();
      service.close();
      assertThat(inFlight.get(LONGEST.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> new RawHttp(port).close()).isInstanceOf(IOException.class);
    }
  }
}
