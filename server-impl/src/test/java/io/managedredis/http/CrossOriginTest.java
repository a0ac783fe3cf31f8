package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers let pages do, and what they do without being asked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrossOriginTest {

  private static final String CLUSTER = "c9qorigin00000000001";
  private static final String LIST = "/managed-redis/v1/backups?folderId=b1gorigin";
  private static final String BACKUP = "/managed-redis/v1/clusters/" + CLUSTER + ":backup";
  private static final String CONSOLE = "https://console.example";

  private final RunningService closed;
  private final RunningService named;

  CrossOriginTest(@TempDir Path one, @TempDir Path other) {
    closed = started(RunningService.in(one));
    named =
        started(
            RunningService.in(other)
                .setting("cors", "{origins: [" + CONSOLE + ", \"http://localhost:3000\"]}"));
  }

  private static RunningService started(RunningService.Builder builder) {
    return builder.cluster(CLUSTER, "b1gorigin", "127.0.0.1:1").start();
  }

  @AfterAll
  void end() {
    closed.close();
    named.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {CONSOLE, "http://localhost:3000"})
  void aPreflightFromANamedOriginIsAnswered(String origin) throws IOException {
    Exchange answer = preflight(named, origin, BACKUP);

    assertThat(answer.status()).isEqualTo(204);
    HttpHeaders headers = answer.headers();
    assertThat(headers.allValues("Access-Control-Allow-Origin")).containsExactly(origin);
    assertThat(list(headers, "Access-Control-Allow-Methods")).contains("get", "post", "delete");
    assertThat(headers.firstValueAsLong("Access-Control-Max-Age")).isPresent();
    assertThat(headers.allValues("Vary")).containsExactly("Origin");
    assertThat(headers.allValues("Access-Control-Allow-Credentials")).isEmpty();
  }

  @Test
  void allThatTheContractLetsCallersSendMayBeSent() throws IOException {
    Set<String> declared = new TreeSet<>(List.of("authorization"));
    for (JsonNode parameter : Contract.present().document().path("components").path("parameters")) {
      if (parameter.path("in").asText().equals("header")) {
        declared.add(parameter.path("name").asText().toLowerCase(Locale.ROOT));
      }
    }
    assertThat(declared).hasSizeGreaterThan(3);

    HttpHeaders headers = preflight(named, CONSOLE, BACKUP).headers();

    assertThat(list(headers, "Access-Control-Allow-Headers")).containsAll(declared);
  }

  @Test
  void allThatTheContractAnswersMayBeRead() throws IOException {
    JsonNode document = Contract.present().document();
    JsonNode components = document.at("/components/headers");
    Set<String> declared = new TreeSet<>();
    for (JsonNode headers : document.findValues("headers")) {
      if (!headers.equals(components)) {
        headers.fieldNames().forEachRemaining(name -> declared.add(name.toLowerCase(Locale.ROOT)));
      }
    }
    assertThat(declared).contains("x-request-id", "etag");
    declared.remove("content-length");

    HttpHeaders headers = send(named, "GET", LIST, "Origin: " + CONSOLE).headers();

    assertThat(headers.allValues("Access-Control-Allow-Origin")).containsExactly(CONSOLE);
    assertThat(headers.allValues("Vary")).containsExactly("Origin");
    assertThat(list(headers, "Access-Control-Expose-Headers")).containsAll(declared);
  }

  @Test
  void anErrorMayBeReadAsWell() throws IOException {
    Exchange answer = send(named, "GET", "/managed-redis/v1/backups", "Origin: " + CONSOLE);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.headers().allValues("Access-Control-Allow-Origin")).containsExactly(CONSOLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "http://console.example",
        "https://console.example:8443",
        "https://console.example.evil.example",
        "https://CONSOLE.example",
        "null",
        "*"
      })
  void anotherOriginLearnsNothing(String origin) throws IOException {
    for (Exchange answer :
        List.of(preflight(named, origin, BACKUP), send(named, "GET", LIST, "Origin: " + origin))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(accessControl(answer)).isEmpty();
      assertThat(answer.headers().allValues("Vary")).containsExactly("Origin");
    }
  }

  @Test
  void withoutNamesNobodyIsLetIn() throws IOException {
    for (Exchange answer :
        List.of(
            preflight(closed, CONSOLE, BACKUP), send(closed, "GET", LIST, "Origin: " + CONSOLE))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(accessControl(answer)).isEmpty();
      assertThat(answer.headers().allValues("Vary")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Origin: https://evil.example",
    "Origin: null",
    "Origin: http://localhost:1",
    "Origin: https://localhost",
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site"
  })
  void aPageOfAnotherSiteCallsNothing(String line) throws IOException {
    for (String request :
        List.of("GET " + LIST, "POST " + BACKUP, "DELETE /managed-redis/v1/backups/a:b")) {
      String[] words = request.split(" ", -1);
      Exchange answer = send(closed, words[0], words[1], line);
      assertThat(answer.status()).isEqualTo(403);
      assertThat(StatusAnswer.of(403, answer.body()).code()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "User-Agent: curl",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Mode: cors"
      })
  void programsAndOurOwnPagesMayChangeThings(String line) throws IOException {
    assertThat(
            send(closed, "DELETE", "/managed-redis/v1/backups/none:20260101T000000-aaaaaaaa", line)
                .status())
        .isEqualTo(404);
  }

  @Test
  void ourOwnOriginMayChangeThings() throws IOException {
    String own = "localhost:" + closed.port();
    try (RawHttp connection = new RawHttp(closed.port())) {
      connection.send(
          "DELETE /managed-redis/v1/backups/none:20260101T000000-aaaaaaaa HTTP/1.1\r\nHost: "
              + own
              + "\r\nOrigin: http://"
              + own
              + "\r\nSec-Fetch-Site: same-origin\r\n\r\n");
      assertThat(connection.answer("DELETE").status()).isEqualTo(404);
    }
  }

  @Test
  void aPageOfANamedOriginMayChangeThings() throws IOException {
    Exchange answer =
        send(
            named,
            "DELETE",
            "/managed-redis/v1/backups/none:20260101T000000-aaaaaaaa",
            "Origin: " + CONSOLE + "\r\nSec-Fetch-Site: cross-site");
    assertThat(answer.status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void aLinkFromAnotherSiteMayBeFollowed(String site) throws IOException {
    assertThat(send(closed, "GET", "/", "Sec-Fetch-Site: " + site).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example",
        "rebound.example:8080",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example",
        "notlocalhost",
        "10.0.0.1",
        "[2001:db8::1]:80",
        "localhost@rebound.example",
        "0.0.0.0"
      })
  void aNameThatSomebodyPointedHereIsRefused(String host) throws IOException {
    for (String target : List.of(LIST, "/", "/metrics")) {
      Exchange answer = sendTo(closed, host, "GET", target, "Accept: */*");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(StatusAnswer.of(403, answer.body()).code()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:99", "app.localhost", "127.0.0.1:1", "127.9.9.9", "[::1]"})
  void aNameOfThisHostIsAnswered(String host) throws IOException {
    assertThat(sendTo(closed, host, "GET", LIST, "Accept: */*").status()).isEqualTo(200);
  }

  private static Exchange preflight(RunningService service, String origin, String target)
      throws IOException {
    return send(
        service,
        "OPTIONS",
        target,
        "Origin: "
            + origin
            + "\r\nAccess-Control-Request-Method: POST"
            + "\r\nAccess-Control-Request-Headers: authorization,idempotency-key");
  }

  private static Exchange send(RunningService service, String method, String target, String lines)
      throws IOException {
    return sendTo(service, "localhost", method, target, lines);
  }

  private static Exchange sendTo(
      RunningService service, String host, String method, String target, String lines)
      throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(
          method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines + "\r\n\r\n");
      return connection.answer(method);
    }
  }

  private static Set<String> accessControl(Exchange answer) {
    return answer.headers().map().keySet().stream()
        .filter(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"))
        .collect(Collectors.toSet());
  }

  private static List<String> list(HttpHeaders headers, String name) {
    return Arrays.stream(headers.firstValue(name).orElse("").split(",", -1))
        .map(value -> value.strip().toLowerCase(Locale.ROOT))
        .toList();
  }
}
