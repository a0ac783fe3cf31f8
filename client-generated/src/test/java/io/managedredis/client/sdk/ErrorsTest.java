package io.managedredis.client.sdk;

import static io.managedredis.client.sdk.ScriptedServer.error;
import static io.managedredis.client.sdk.ScriptedServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.client.model.Operation;
import io.managedredis.client.model.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller catches, and what it tells. */
class ErrorsTest {

  private static final String REQUEST = "0f6cbd5e-6f2f-4f0e-9a70-3c1c9f1f5d11";

  @ParameterizedTest
  @CsvSource({
    "404, 5, NotFoundException, NOT_FOUND",
    "400, 3, InvalidArgumentException, INVALID_ARGUMENT",
    "406, 3, InvalidArgumentException, INVALID_ARGUMENT",
    "409, 10, ConflictException, ABORTED",
    "409, 6, ConflictException, ALREADY_EXISTS",
    "503, 14, UnavailableException, UNAVAILABLE",
    "429, 8, UnavailableException, RESOURCE_EXHAUSTED",
    "403, 7, ManagedRedisException, PERMISSION_DENIED",
    "401, 16, ManagedRedisException, UNAUTHENTICATED",
    "400, 9, ManagedRedisException, FAILED_PRECONDITION",
    "500, 15, ManagedRedisException, DATA_LOSS",
    "500, 99, ManagedRedisException, UNRECOGNIZED"
  })
  void aStatusIsReadIntoTheExceptionOfItsCode(
      int http, int number, String exception, StatusCode code) throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(http, number, "grüß dich"))) {
      ManagedRedisException thrown = thrown(server);

      assertThat(thrown.getClass().getSimpleName()).isEqualTo(exception);
      assertThat(thrown.code()).isEqualTo(code);
      assertThat(thrown.httpStatus()).hasValue(http);
      assertThat(thrown.status()).contains(new Status().code(number).message("grüß dich"));
      assertThat(thrown).hasMessageContainingAll("GET", "c%3As", "grüß dich");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void anIdThatWouldMakeThePathAnotherOneIsNotSent(String id) throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(404, 5, "no"))) {
      ManagedRedis client = ManagedRedis.at(server.url()).build();

      assertThatIllegalArgumentException().isThrownBy(() -> client.getBackupManifest(id));

      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void aTokenDoesNotGoWhereverARedirectLeads() {
    HttpClient follows = HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();
    ManagedRedis.Builder builder = ManagedRedis.at("http://127.0.0.1:1").httpClient(follows);

    assertThat(builder.build()).isNotNull();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.token(() -> "t").build());
  }

  @Test
  void theArgumentsThatWereRefusedAndTheRequestsIdAreAtHand() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            json(
                400,
                """
                {"code": 3, "message": "m", "details": [
                  {"@type": "type.googleapis.com/google.rpc.BadRequest",
                   "fieldViolations": [{"field": "pageSize", "description": "must be small"}]},
                  {"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": "%s"},
                  {"@type": "type.googleapis.com/google.rpc.Help", "links": []}]}
                """
                    .formatted(REQUEST)))) {
      ManagedRedisException thrown = thrown(server);

      assertThat(thrown.fieldViolations())
          .singleElement()
          .satisfies(
              violation -> {
                assertThat(violation.getField()).isEqualTo("pageSize");
                assertThat(violation.getDescription()).isEqualTo("must be small");
              });
      assertThat(thrown.requestId()).contains(REQUEST);
      assertThat(thrown).hasMessageContaining(REQUEST);
    }
  }

  @Test
  void withoutADetailTheRequestsIdIsTheHeaders() throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(500, 13, "m", "x-request-id", REQUEST))) {
      assertThat(thrown(server).requestId()).contains(REQUEST);
    }
  }

  /** A proxy's 404 does not say that the backup is gone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | <html><title>Not\tFound</title> | UNIMPLEMENTED",
        "404 | {} | UNIMPLEMENTED",
        "403 | [5] | PERMISSION_DENIED",
        "500 | '' | UNKNOWN",
        "302 | moved | UNKNOWN",
        "400 | {\"code\":\"x\"} | INTERNAL"
      })
  void anAnswerThatIsNoStatusIsToldByItsHttpStatus(int http, String body, StatusCode code)
      throws Exception {
    try (ScriptedServer server = new ScriptedServer(json(http, body))) {
      ManagedRedisException thrown = thrown(server);

      assertThat(thrown).isExactlyInstanceOf(ManagedRedisException.class);
      assertThat(thrown.code()).isEqualTo(code);
      assertThat(thrown.httpStatus()).hasValue(http);
      assertThat(thrown.status()).isEmpty();
      assertThat(thrown.fieldViolations()).isEmpty();
      assertThat(thrown.getMessage())
          .contains(body.isEmpty() ? "nothing" : body.replace('\t', ' '))
          .doesNotContain("\t");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>sign in, please</html>", "null", "", "{\"id\":", "[]"})
  void aSuccessWithSomethingElseIsAnError(String body) throws Exception {
    try (ScriptedServer server = new ScriptedServer(json(200, body))) {
      assertThat(thrown(server))
          .hasMessageContaining("200 with what is no Backup")
          .returns(StatusCode.UNKNOWN, ManagedRedisException::code);
    }
  }

  /**
   * Line ends, an escape of terminals, C1's next line, Unicode's line end, a change of direction.
   */
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\t\0", "\u001b", "\u0085", "\u2028", "\u202e"})
  void aMessageCanNotForgeALineOfALog(String unprintable) throws Exception {
    String message = "gone" + unprintable + "INFO all is well";
    String escaped = new ObjectMapper().writeValueAsString(message);
    try (ScriptedServer server =
        new ScriptedServer(json(404, "{\"code\":5,\"message\":%s}".formatted(escaped)))) {
      ManagedRedisException thrown = thrown(server);

      assertThat(thrown).message().endsWith("NOT_FOUND: gone INFO all is well");
      assertThat(thrown.status()).map(Status::getMessage).contains(message);
    }
  }

  @Test
  void aRequestsIdCanNotForgeALineOfALog() throws Exception {
    String detail = "{\"@type\":\"t/google.rpc.RequestInfo\",\"requestId\":\"r\\nINFO %s\"}";
    String status = "{\"code\":5,\"message\":\"gone\",\"details\":[" + detail + "]}";
    try (ScriptedServer server =
        new ScriptedServer(json(404, status.formatted("x".repeat(5000))))) {
      assertThat(thrown(server).getMessage())
          .hasSizeLessThan(300)
          .contains("(request r INFO xxx")
          .doesNotContain("\n");
    }
  }

  @Test
  void aMessageIsBoundedAndTheStatusKeepsTheOriginal() throws Exception {
    String message = "x".repeat(998) + "🙂" + "y".repeat(100_000);
    try (ScriptedServer server = new ScriptedServer(error(404, 5, message))) {
      ManagedRedisException thrown = thrown(server);

      assertThat(thrown).message().endsWith(": " + "x".repeat(998) + "…");
      assertThat(thrown.status()).map(Status::getMessage).contains(message);
    }
  }

  @Test
  void theMessageOfAnOperationThatFailedIsPrintableToo() {
    Status error = new Status().code(15).message("damaged\nINFO all is well");

    assertThat(new OperationFailedException(new Operation().id("o"), error))
        .hasMessage("Operation o failed: damaged INFO all is well");
  }

  @Test
  void anAnswerThatIsTooLargeIsToldAsSuch() throws Exception {
    try (ScriptedServer server = new ScriptedServer(padded((64 << 20) + 1))) {
      assertThat(thrown(server))
          .isExactlyInstanceOf(ManagedRedisException.class)
          .hasMessageContaining("larger than 64 MiB");
    }
  }

  @Test
  void anAnswerOfTheLargestSizeIsRead() throws Exception {
    try (ScriptedServer server = new ScriptedServer(padded(64 << 20))) {
      ManagedRedis client = ManagedRedis.at(server.url()).build();

      assertThat(client.getBackup("c:s").getId()).isEqualTo("c:s");
    }
  }

  /** A backup in JSON that many bytes long. */
  private static ScriptedServer.Answer padded(int length) {
    byte[] json = "{\"id\":\"c:s\"}".getBytes(UTF_8);
    return exchange -> {
      exchange.sendResponseHeaders(200, length);
      exchange.getResponseBody().write(json);
      byte[] spaces = new byte[1 << 16];
      Arrays.fill(spaces, (byte) ' ');
      for (int left = length - json.length; left > 0; left -= spaces.length) {
        exchange.getResponseBody().write(spaces, 0, Math.min(left, spaces.length));
      }
    };
  }

  @Test
  void theTokenIsSentWithEachRequestAndShownNowhere() throws Exception {
    String secret = "s3cret.token";
    try (ScriptedServer server = new ScriptedServer(error(503, 14, "later"))) {
      ManagedRedis client =
          ManagedRedis.at(server.url())
              .token(() -> secret)
              .attempts(2)
              .time(new ManualTime())
              .build();

      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> client.getBackup("c:s"))
          .satisfies(e -> assertThat(everything(e)).doesNotContain(secret));

      assertThat(server.seen())
          .extracting(seen -> seen.header("Authorization"))
          .containsExactly("Bearer " + secret, "Bearer " + secret);
      assertThat(client.toString()).doesNotContain(secret).contains(server.url());
    }
  }

  @Test
  void aTokenThatIsNoneIsNotQuoted() {
    ManagedRedis client =
        ManagedRedis.at("http://127.0.0.1:1").token(() -> "s3cret\r\nX: y").build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.getBackup("c:s"))
        .satisfies(e -> assertThat(everything(e)).contains("token").doesNotContain("s3cret"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host",
        "host:8080",
        "http:///path",
        "http://user:s3cret@host",
        "http://host?token=s3cret",
        "http://ho st/s3cret"
      })
  void aBaseUriThatIsNoneIsRefusedWithoutQuotingIt(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManagedRedis.at(uri))
        .satisfies(e -> assertThat(everything(e)).contains("base URI").doesNotContain("s3cret"));
  }

  @Test
  void theBaseUriMayHaveAPath() throws Exception {
    try (ScriptedServer server = new ScriptedServer(json(200, "{\"id\":\"c:s\"}"))) {
      ManagedRedis.at(server.url() + "/behind/").build().getBackup("c:s");

      assertThat(server.seen().get(0).target()).startsWith("/behind/managed-redis/v1/backups/");
    }
  }

  @Test
  void anEmptyIdIsRefusedAsThePathWouldBeAnotherOne() {
    ManagedRedis client = ManagedRedis.at("http://127.0.0.1:1").build();

    assertThatIllegalArgumentException().isThrownBy(() -> client.getBackup(""));
  }

  private static ManagedRedisException thrown(ScriptedServer server) {
    ManagedRedis client = ManagedRedis.at(server.url()).attempts(1).build();
    try {
      throw new AssertionError("answered " + client.getBackup("c:s"));
    } catch (ManagedRedisException e) {
      return e;
    }
  }

  private static String everything(Throwable thrown) {
    StringWriter all = new StringWriter();
    thrown.printStackTrace(new PrintWriter(all));
    return all.toString();
  }
}
