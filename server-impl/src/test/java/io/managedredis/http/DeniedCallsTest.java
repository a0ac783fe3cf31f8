package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.access.Role;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is denied is on record, and can't push out what is there by being denied again. */
class DeniedCallsTest {

  private static final String CHANGE = "/managed-redis/v1/clusters/c9qown:backup";

  @TempDir private Path folder;

  @Test
  void whoMayNotSeeTheMetricsIsDeniedOnRecordNoOftenerThanTheyMayCall() throws IOException {
    Tokens tokens = new Tokens(folder);
    String viewer = tokens.bearer("viewer", Role.VIEWER, "own");
    try (RunningService service =
        service("limits", "{requestsPerMinute: 3}", "auth", tokens.setting())) {
      List<Integer> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answers.add(service.send("GET", "/metrics", "Authorization", viewer).statusCode());
      }

      assertThat(answers).containsExactly(403, 403, 403, 429);
      assertThat(lines(3)).hasSize(3);
    }
  }

  @Test
  void aCallByANameThatAnybodyMayHavePointedHereIsOnRecord() throws IOException {
    try (RunningService service = service();
        RawHttp connection = new RawHttp(service.port())) {
      connection.send("POST " + CHANGE + " HTTP/1.1\r\nHost: rebound.example\r\n\r\n");

      assertThat(connection.answer("POST").status()).isEqualTo(403);
      assertThat(lines(1))
          .singleElement()
          .asString()
          .contains(CHANGE, "\"outcome\":\"DENIED\"", "\"code\":7");
    }
  }

  @Test
  void theWordsBesideAStatusAreNotThoseOfTheServersSoftware() throws IOException {
    try (RunningService service = service("limits", "{requestsPerMinute: 1}")) {
      String call =
          "GET /managed-redis/v1/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

      assertThat(statusLine(service, call + "\r\n")).isEqualTo("HTTP/1.1 404 Not Found");
      assertThat(statusLine(service, call + "\r\n")).isEqualTo("HTTP/1.1 429 Too Many Requests");
      assertThat(statusLine(service, call + "X: y\r\n".repeat(101) + "\r\n"))
          .isEqualTo("HTTP/1.1 431 Request Header Fields Too Large");
    }
  }

  private static String statusLine(RunningService service, String request) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(request);
      return new String(connection.untilClosed(), StandardCharsets.US_ASCII)
          .replaceFirst("(?s)\r\n.*", "");
    }
  }

  private RunningService service(String... settings) {
    RunningService.Builder builder =
        RunningService.in(folder)
            .cluster("c9qown", "own", "127.0.0.1:1")
            .setting("audit", "{file: \"" + audit() + "\"}");
    for (int i = 0; i < settings.length; i += 2) {
      builder = builder.setting(settings[i], settings[i + 1]);
    }
    return builder.start();
  }

  private Path audit() {
    return folder.resolve("records.log");
  }

  /** A denial is on record a moment after its answer. */
  private List<String> lines(int expected) {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Files.readAllLines(audit()), lines -> lines.size() >= expected);
  }
}
