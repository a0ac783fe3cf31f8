package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that a proxy before this server could read in another way than the server does. They are
 * refused and the connection ends, so that nothing behind them is taken for a request.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {

  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String POST = "POST /health/live HTTP/1.1\r\nHost: localhost\r\n";
  private static final String CHUNKED = "0\r\n\r\n";

  private final RunningService service;

  SmugglingTest(@TempDir Path folder) {
    service = RunningService.in(folder).start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  void anAmbiguousRequestIsRefusedAndEndsTheConnection(String shape, String request)
      throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(request + SMUGGLED);

      Exchange answer = connection.answer("GET");
      assertThat(answer.status()).as(shape).isEqualTo(400);
      assertThat(answer.headers().firstValue("connection")).hasValue("close");
      assertThat(connection.untilClosed()).as("answers to what was behind it").isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  void itIsRefusedAsWellWhenItComesByteByByte(String shape, String request) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      sendByteByByte(connection, request);
      String answer = new String(connection.untilClosed(), StandardCharsets.ISO_8859_1);
      assertThat(answer).as(shape).startsWith("HTTP/1.1 400 ");
    }
  }

  private static void sendByteByByte(RawHttp connection, String request) {
    try {
      for (int i = 0; i < request.length(); i++) {
        connection.send(request.substring(i, i + 1));
      }
    } catch (IOException e) {
      assertThat(e).as("refused before its end").isInstanceOf(SocketException.class);
    }
  }

  static Stream<Arguments> ambiguous() {
    return Stream.of(
        Arguments.of(
            "a length and chunks",
            POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED),
        Arguments.of(
            "chunks and a length",
            POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKED),
        Arguments.of("two lengths", POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        Arguments.of(
            "the same length twice", POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        Arguments.of("a list of lengths", POST + "Content-Length: 5, 5\r\n\r\nhello"),
        Arguments.of("a signed length", POST + "Content-Length: +5\r\n\r\nhello"),
        Arguments.of("a length in hex", POST + "Content-Length: 0x5\r\n\r\nhello"),
        Arguments.of("an empty length", POST + "Content-Length:\r\n\r\n"),
        Arguments.of(
            "a length that is no long", POST + "Content-Length: 99999999999999999999\r\n\r\n"),
        Arguments.of(
            "chunked twice in a list",
            POST + "Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKED),
        Arguments.of(
            "chunked twice",
            POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED),
        Arguments.of(
            "chunked and identity",
            POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKED),
        Arguments.of("another coding", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKED),
        Arguments.of("nearly chunked", POST + "Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED),
        Arguments.of("more than chunked", POST + "Transfer-Encoding: chunkedx\r\n\r\n" + CHUNKED),
        Arguments.of(
            "chunked with a vertical tab",
            POST + "Transfer-Encoding: \u000bchunked\r\n\r\n" + CHUNKED),
        Arguments.of(
            "a space before the colon", POST + "Transfer-Encoding : chunked\r\n\r\n" + CHUNKED),
        Arguments.of("a folded header", POST + "X-A: b\r\n Content-Length: 5\r\n\r\nhello"),
        Arguments.of("a folded coding", POST + "Transfer-Encoding:\r\n\tchunked\r\n\r\n" + CHUNKED),
        Arguments.of(
            "a space before the first header",
            "GET /health/live HTTP/1.1\r\n Host: localhost\r\n\r\n"),
        Arguments.of("bare line feeds", "GET /health/live HTTP/1.1\nHost: localhost\n\n"),
        Arguments.of("one bare line feed", POST + "X-A: b\nContent-Length: 5\r\n\r\nhello"),
        Arguments.of("a bare carriage return", POST + "X-A: b\rContent-Length: 5\r\n\r\nhello"),
        Arguments.of("a NUL in a header", POST + "X-A: b\0c\r\n\r\n"),
        Arguments.of("a NUL in a name", POST + "X\0A: b\r\n\r\n"),
        Arguments.of("a header without a colon", POST + "X-A\r\n\r\n"),
        Arguments.of("a header without a name", POST + ": b\r\n\r\n"),
        Arguments.of("two hosts", POST + "Host: y\r\n\r\n"),
        Arguments.of(
            "chunks in HTTP/1.0",
            "POST /health/live HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + CHUNKED),
        Arguments.of("HTTP/0.9", "GET /health/live\r\n\r\n"),
        Arguments.of("two spaces", "GET  /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.of("a tab", "GET\t/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.of("four words", "GET /health/live x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.of(
            "an empty line before it", "\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenChunks")
  void brokenChunksEndTheConnection(String shape, String chunks) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "\r\n" + SMUGGLED);

      String answers = new String(connection.untilClosed(), StandardCharsets.ISO_8859_1);
      assertThat(answers).as(shape).doesNotContain("HTTP/1.1 404").containsOnlyOnce("HTTP/1.1 ");
    }
  }

  static Stream<Arguments> brokenChunks() {
    return Stream.of(
        Arguments.of("no number", "xyz\r\nhello\r\n0\r\n"),
        Arguments.of("negative", "-5\r\nhello\r\n0\r\n"),
        Arguments.of("more than a long", "fffffffffffffffff\r\nhello\r\n0\r\n"),
        Arguments.of("a word behind the number", "5 x\r\nhello\r\n0\r\n"),
        Arguments.of("a prefix", "0x5\r\nhello\r\n0\r\n"));
  }

  @Test
  void aRequestBehindABodyIsAnsweredInTurn() throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(
          POST
              + "Content-Length: 5\r\n\r\nhello"
              + POST
              + "transfer-encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
              + SMUGGLED);

      assertThat(connection.answer("POST").status()).isEqualTo(405);
      assertThat(connection.answer("POST").status()).isEqualTo(405);
      assertThat(connection.answer("GET").status()).isEqualTo(404);
    }
  }
}
