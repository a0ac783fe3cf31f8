package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong, whoever notices it, the answer is a Status with the request's id. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatusAnswersTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String CLUSTER = "c9qstatus00000000001";
  private static final String BACKUPS = V1 + "/backups?folderId=b1gstatus";
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final RunningService service;

  StatusAnswersTest(@TempDir Path folder) {
    service = started(folder);
  }

  private static RunningService started(Path folder) {
    // Nothing listens there: no node is asked by any request here.
    return RunningService.in(folder).cluster(CLUSTER, "b1gstatus", "127.0.0.1:1").start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/managed-redis",
        "/managed-redis/v1",
        "/managed-redis/v2/backups",
        "/managed-redis/v1/backups/a:b/c",
        "/managed-redis/v1/clusters/a/nothing",
        "/operations",
        "/operations/",
        "/docs/nothing.js",
        "/health",
        "/metrics/",
        "/openapi.yml",
        "/%2e%2e/etc/passwd",
        "/favicon.ico"
      })
  void anUnknownPathIsNotFound(String path) {
    StatusAnswer status = StatusAnswer.of(service.sendBroken("GET", path));

    assertThat(status.httpStatus()).isEqualTo(404);
    assertThat(status.code()).isEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("wrongMethods")
  void aWrongMethodIsAnsweredWithTheRightOnes(String method, String path, String allowed) {
    HttpResponse<String> answer = service.sendBroken(method, path);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(StatusAnswer.of(answer).code()).isEqualTo(12);
    assertThat(allowed(answer)).containsExactlyInAnyOrder(allowed.split(" "));
  }

  static Stream<Arguments> wrongMethods() {
    String backup = V1 + "/backups/" + CLUSTER + ":a";
    String cluster = V1 + "/clusters/" + CLUSTER;
    Stream<Arguments> single =
        Stream.of(
            Arguments.of("POST", BACKUPS, "GET HEAD OPTIONS"),
            Arguments.of("DELETE", BACKUPS, "GET HEAD OPTIONS"),
            Arguments.of("PUT", backup, "GET HEAD DELETE OPTIONS"),
            Arguments.of("PATCH", backup, "GET HEAD DELETE OPTIONS"),
            Arguments.of("TRACE", backup, "GET HEAD DELETE OPTIONS"),
            Arguments.of("FROBNICATE", backup, "GET HEAD DELETE OPTIONS"),
            Arguments.of("POST", cluster, "GET HEAD OPTIONS"),
            Arguments.of("DELETE", cluster, "GET HEAD OPTIONS"),
            Arguments.of("POST", cluster + "/backups", "GET HEAD OPTIONS"),
            Arguments.of("POST", cluster + "/shards", "GET HEAD OPTIONS"),
            Arguments.of("POST", cluster + "/operations", "GET HEAD OPTIONS"),
            Arguments.of("POST", V1 + "/clusters", "GET HEAD OPTIONS"),
            Arguments.of("DELETE", "/operations/f4k2q7xw5nbd3mzt6ahc", "GET HEAD OPTIONS"));
    Stream<Arguments> pages =
        Stream.of(
                "/",
                "/docs",
                "/docs/",
                "/docs/index.css",
                "/health/ready",
                "/metrics",
                "/health/live",
                "/openapi.yaml")
            .flatMap(
                page ->
                    Stream.of("POST", "PUT", "DELETE", "TRACE", "FROBNICATE")
                        .map(method -> Arguments.of(method, page, "GET HEAD OPTIONS")));
    return Stream.concat(single, pages);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/xml", "text/html", "application/vnd.x+json"})
  void anAcceptThatLeavesOutJsonIsNotAcceptable(String accept) {
    StatusAnswer status = StatusAnswer.of(service.sendBroken("GET", BACKUPS, "Accept", accept));

    assertThat(status.httpStatus()).isEqualTo(406);
    assertThat(status.code()).isEqualTo(3);
    assertThat(status.fields()).containsExactly("Accept");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/*", "application/json", "text/html, */*;q=0.1"})
  void anAcceptThatAllowsJsonGetsIt(String accept) {
    HttpResponse<String> answer = service.send("GET", BACKUPS, "Accept", accept);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
  }

  @ParameterizedTest
  @MethodSource("options")
  void optionsAnswersWhatIsAllowedAndNoBody(String path, String allowed) {
    HttpResponse<String> answer = service.sendBroken("OPTIONS", path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(allowed(answer)).containsExactlyInAnyOrder(allowed.split(" "));
  }

  static Stream<Arguments> options() {
    String cluster = V1 + "/clusters/" + CLUSTER;
    return Stream.of(
        Arguments.of(V1 + "/backups", "GET HEAD OPTIONS"),
        Arguments.of(V1 + "/backups/" + CLUSTER + ":a", "GET HEAD DELETE OPTIONS"),
        Arguments.of(cluster, "GET HEAD OPTIONS"),
        Arguments.of(cluster + "/backups", "GET HEAD OPTIONS"),
        Arguments.of("/operations/f4k2q7xw5nbd3mzt6ahc", "GET HEAD OPTIONS"),
        Arguments.of("/metrics", "GET HEAD OPTIONS"),
        Arguments.of("/docs/", "GET HEAD OPTIONS"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BACKUPS,
        V1 + "/backups/c9qstatus00000000001:a",
        V1 + "/clusters/c9qunknown",
        V1 + "/backups",
        "/operations/x",
        "/nothing",
        "/docs/",
        "/openapi.json",
        "/health/live"
      })
  void headAnswersWhatGetDoesButTheBody(String path) {
    HttpResponse<String> get = service.sendBroken("GET", path);
    HttpResponse<String> head = service.sendBroken("HEAD", path);

    assertThat(head.body()).isEmpty();
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.headers().map().keySet()).isEqualTo(get.headers().map().keySet());
    for (String name : List.of("content-type", "content-length")) {
      assertThat(head.headers().firstValue(name)).isEqualTo(get.headers().firstValue(name));
    }
  }

  @Test
  void everyRequestHasAnIdOfItsOwn() {
    String first = requestId(service.send("GET", BACKUPS));
    String second = requestId(service.send("GET", BACKUPS));

    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void aPostWithABodyThatNobodyAskedForIsAnsweredWithAStatus() throws IOException {
    Exchange answer =
        raw(
            "POST",
            "POST "
                + V1
                + "/clusters/c9qunknown:backup HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");

    assertThat(answer.status()).isBetween(400, 499);
    assertThat(answer.status()).isNotEqualTo(499);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void aMalformedRequestIsAnsweredWithAStatus(String what, String request, int status)
      throws IOException {
    Exchange answer = raw("GET", request);

    assertThat(answer.status()).as(what).isEqualTo(status);
    assertThat(StatusAnswer.of(answer.status(), answer.body()).code())
        .isEqualTo(
            switch (status) {
              case 404 -> 5;
              case 505 -> 12;
              default -> 3;
            });
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("no HTTP at all", "this is garbage\r\n\r\n", 505),
        Arguments.of("another version", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
        Arguments.of("empty segment", get("//managed-redis/v1/backups?folderId=a"), 404),
        Arguments.of("dots", get("/managed-redis/v1/../v1/backups?folderId=a"), 404),
        Arguments.of("no Host", "GET /health/live HTTP/1.1\r\n\r\n", 400),
        Arguments.of("bad escape", get("/managed-redis/v1/backups/%zz"), 400),
        Arguments.of("cut escape", get("/managed-redis/v1/backups/a%4"), 400),
        Arguments.of("bad escape in the query", get(V1 + "/backups?folderId=%zz"), 400),
        Arguments.of("bracket in the path", get(V1 + "/backups/[a"), 400),
        Arguments.of("bracket in the query", get(V1 + "/backups?folderId=a&x]=1"), 400),
        Arguments.of("curly bracket", get(V1 + "/backups/{backupId}"), 400),
        Arguments.of("pipe", get(V1 + "/backups/a|b"), 400),
        Arguments.of("backslash", get(V1 + "\\backups"), 400),
        Arguments.of("quote", get(V1 + "/backups/\"a\""), 400),
        Arguments.of("encoded NUL", get(V1 + "/backups/a%00:b"), 400),
        Arguments.of("bare NUL", get(V1 + "/backups/a\0b"), 400),
        Arguments.of("overlong UTF-8", get(V1 + "/backups/a%c0%af:b"), 400),
        Arguments.of("broken UTF-8 in the query", get(V1 + "/backups?folderId=a&x=%ff"), 400),
        Arguments.of("bytes above 127", get(V1 + "/backups/\u00fc\u00ff"), 400),
        Arguments.of(
            "length that is no number",
            "POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n",
            400),
        Arguments.of(
            "negative length",
            "POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            400),
        Arguments.of(
            "two lengths",
            "POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length:"
                + " 2\r\n\r\nab",
            400));
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "path", "query", "many headers"})
  void aRequestThatIsTooLargeIsAnsweredWithAStatus(String where) throws IOException {
    String much = "a".repeat(40_000);
    String request =
        switch (where) {
          case "header" ->
              "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Much: " + much + "\r\n\r\n";
          case "path" -> get("/" + much);
          case "query" -> get(V1 + "/backups?folderId=" + much);
          default ->
              "GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
                  + "X-A: b\r\n".repeat(500)
                  + "\r\n";
        };

    Exchange answer = raw("GET", request);

    assertThat(answer.status()).isIn(400, 413, 414, 431);
    assertThat(StatusAnswer.of(answer.status(), answer.body()).code()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"this is garbage\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"})
  void theServerAnswersOthersAfterAMalformedRequest(String request) throws IOException {
    Exchange unused = raw("GET", request);

    assertThat(service.sendBroken("GET", "/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void severalRequestsInOneConnectionAreAnsweredInTurn() throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(LIVE + get("/nothing") + LIVE);

      assertThat(connection.answer("GET").status()).isEqualTo(200);
      assertThat(connection.answer("GET").status()).isEqualTo(404);
      assertThat(connection.answer("GET").status()).isEqualTo(200);
    }
  }

  @Test
  void aLockedCatalogueMakesChangesUnavailable(@TempDir Path folder) throws SQLException {
    try (RunningService locked = started(folder);
        Connection other = connection(locked);
        var statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");

      StatusAnswer status =
          StatusAnswer.of(locked.send("POST", V1 + "/clusters/" + CLUSTER + ":backup"));

      assertThat(status.httpStatus()).isEqualTo(503);
      assertThat(status.code()).isEqualTo(14);
      statement.execute("ROLLBACK");
    }
  }

  private static Connection connection(RunningService service) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + service.catalogFile());
  }

  /** Sends bytes and reads the answer, which must be well-formed, and the connection's next. */
  private Exchange raw(String method, String request) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(request);
      Exchange answer = connection.answer(method);
      assertEndsOrGoesOn(connection);
      return answer;
    }
  }

  /** After an error the connection either ends, or the next request gets an answer of its own. */
  private void assertEndsOrGoesOn(RawHttp connection) throws IOException {
    try {
      connection.send(LIVE);
      Exchange unused = connection.answer("GET");
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the connection neither ends nor goes on", e);
    } catch (IOException e) {
      return;
    }
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  private static List<String> allowed(HttpResponse<String> answer) {
    return List.of(answer.headers().firstValue("allow").orElse("").split(",\\s*"));
  }

  private static String requestId(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-request-id").orElse("");
  }
}
