package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is larger than the limits allow is refused before it is all here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LargeRequestsTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String POST =
      "POST " + V1 + "/clusters/c9qunknown:backup HTTP/1.1\r\nHost: localhost\r\n";
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";

  /** What the server may take of an endless request: its limits, and buffers on the way. */
  private static final int MOST_TAKEN = 16 << 20;

  private final RunningService service;

  LargeRequestsTest(@TempDir Path folder) {
    service =
        RunningService.in(folder)
            .setting("limits", "{headerBytes: 16384, bodyBytes: 1000, bodyTimeout: 5s}")
            .start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  @ParameterizedTest
  @CsvSource({"16000, 200", "16384, 431", "40000, 431"})
  void aHugeHeaderIsRefused(int bytes, int status) throws IOException {
    assertAnswer(LIVE + "X-A: " + "a".repeat(bytes) + "\r\n\r\n", status);
  }

  @ParameterizedTest
  @CsvSource({"16000, 404", "16384, 414", "40000, 414"})
  void aHugeTargetIsRefused(int bytes, int status) throws IOException {
    assertAnswer("GET /" + "a".repeat(bytes) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", status);
  }

  @ParameterizedTest
  @CsvSource({"99, 200", "100, 431", "500, 431"})
  void manyHeadersAreRefused(int beside, int status) throws IOException {
    assertAnswer(LIVE + "A: b\r\n".repeat(beside) + "\r\n", status);
  }

  @ParameterizedTest
  @CsvSource({"1000, 404", "1001, 413", "1000000000000, 413", "999999999999999999, 413"})
  void aHugeDeclaredBodyIsRefusedBeforeItComes(long bytes, int status) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(POST + "Content-Length: " + bytes + "\r\n\r\n");
      Exchange answer = connection.answer("POST");

      assertThat(answer.status()).isEqualTo(status);
      assertThat(StatusAnswer.of(answer.status(), answer.body()).code())
          .isEqualTo(status == 404 ? 5 : 3);
      if (status == 413) {
        assertThat(connection.untilClosed()).isEmpty();
      }
    }
  }

  @Test
  void aChunkedBodyThatIsTooLargeIsRefused() throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(
          POST + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + "a".repeat(1001) + "\r\n0\r\n\r\n");

      assertThat(connection.answer("POST").status()).isEqualTo(413);
      assertThat(connection.untilClosed()).isEmpty();
    }
  }

  @ParameterizedTest(name = "endless {0}")
  @CsvSource({
    "chunks, '10\\r\\naaaaaaaaaaaaaaaa\\r\\n'",
    "chunk, aaaaaaaaaaaaaaaa",
    "small chunks, '1\\r\\na\\r\\n'",
    "chunk extension, '10;a=aaaaaaaaaaa'",
    "chunk length, 00000000",
    "trailer, '0\\r\\nX-A: aaaaaaaaaaaaaaaaaaa'",
    "trailers, 'X-A: a\\r\\n'"
  })
  void anEndlessBodyIsCutOff(String what, String piece) throws IOException {
    String begin =
        switch (what) {
          case "chunk" -> "7fffffff\r\n";
          case "trailers" -> "0\r\n";
          default -> "";
        };
    String much = piece.replace("\\r", "\r").replace("\\n", "\n").repeat(1000);
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + begin);
      assertThat(taken(connection, much)).isLessThan(MOST_TAKEN);

      String answers = new String(connection.untilClosed(), StandardCharsets.ISO_8859_1);
      assertThat(answers.split("HTTP/1.1 ", -1)).hasSizeLessThanOrEqualTo(2);
    }
    assertAnswer(LIVE + "\r\n", 200);
  }

  @Test
  void anEndlessHeadIsCutOff() throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(LIVE);
      assertThat(taken(connection, "X-A: a\r\n".repeat(1000))).isLessThan(MOST_TAKEN);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-A: b\r\n\r\n"
      })
  void aSmallBodyIsReadAndTheConnectionGoesOn(String body) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(POST + body);
      assertThat(connection.answer("POST").status()).isEqualTo(404);

      connection.send(LIVE + "\r\n");
      assertThat(connection.answer("GET").status()).isEqualTo(200);
    }
  }

  /** How much could be sent before the server ended the connection. */
  private static long taken(RawHttp connection, String piece) {
    long taken = 0;
    try {
      while (taken < MOST_TAKEN) {
        connection.send(piece);
        taken += piece.length();
      }
    } catch (IOException e) {
      return taken;
    }
    return taken;
  }

  private void assertAnswer(String request, int status) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(request);
      Exchange answer = connection.answer("GET");

      assertThat(answer.status()).isEqualTo(status);
      if (status != 200) {
        assertThat(StatusAnswer.of(answer.status(), answer.body()).code())
            .isEqualTo(status == 404 ? 5 : 3);
      }
    }
  }
}
