package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.PemFiles;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every kind of answer tells browsers and caches, with TLS and without. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecurityHeadersTest {

  private static final String CLUSTER = "c9qheaders0000000001";
  private static final String V1 = "/managed-redis/v1";
  private static final String HSTS = "Strict-Transport-Security";

  private final SSLContext client;
  private final RunningService secured;
  private final RunningService plain;

  SecurityHeadersTest(@TempDir Path keys, @TempDir Path one, @TempDir Path other) throws Exception {
    PemFiles pem = PemFiles.make(keys);
    client = pem.trusting(null);
    secured =
        started(
            RunningService.in(one)
                .setting(
                    "tls",
                    "{certFile: "
                        + pem.server().certificate()
                        + ", keyFile: "
                        + pem.server().key()
                        + "}")
                .calledWith(client));
    plain = started(RunningService.in(other));
  }

  private static RunningService started(RunningService.Builder builder) {
    return builder.cluster(CLUSTER, "b1gheaders", "127.0.0.1:1").start();
  }

  @AfterAll
  void end() {
    secured.close();
    plain.close();
  }

  /** Each kind of answer: the request's method, its target, further lines, and the status. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("GET", V1 + "/backups?folderId=b1gheaders", "", 200),
        Arguments.of("HEAD", V1 + "/backups?folderId=b1gheaders", "", 200),
        Arguments.of("OPTIONS", V1 + "/backups", "", 200),
        Arguments.of("GET", V1 + "/backups", "", 400),
        Arguments.of("GET", V1 + "/backups/none:20260101T000000-aaaaaaaa", "", 404),
        Arguments.of("PUT", V1 + "/backups", "Content-Length: 0\r\n", 405),
        Arguments.of("GET", V1 + "/backups?folderId=b", "Accept: text/html\r\n", 406),
        Arguments.of("GET", "/nothing", "", 404),
        Arguments.of("GET", "/", "", 200),
        Arguments.of("HEAD", "/", "", 200),
        Arguments.of("OPTIONS", "/", "", 200),
        Arguments.of("POST", "/", "Content-Length: 0\r\n", 405),
        Arguments.of("GET", "/docs", "", 302),
        Arguments.of("GET", "/docs/", "", 200),
        Arguments.of("GET", "/docs/", "If-None-Match: *\r\n", 304),
        Arguments.of("GET", "/openapi.yaml", "", 200),
        Arguments.of("GET", "/health/live", "", 200),
        Arguments.of("GET", "/metrics", "", 200),
        Arguments.of("GET", "/%zz", "", 400),
        Arguments.of("GET", "/", "X: " + "x".repeat(40_000) + "\r\n", 431),
        Arguments.of("GET", "/", "Content-Length: -1\r\n", 400));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void overTlsBrowsersAreToldToComeBackOverTls(
      String method, String target, String more, int status) throws IOException {
    HttpHeaders headers = answered(secured, client, method, target, more, status);

    assertThat(headers.allValues(HSTS)).containsExactly("max-age=31536000");
    hardened(headers, target);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void withoutTlsNobodyPromisesIt(String method, String target, String more, int status)
      throws IOException {
    HttpHeaders headers = answered(plain, null, method, target, more, status);

    assertThat(headers.allValues(HSTS)).isEmpty();
    hardened(headers, target);
  }

  private static void hardened(HttpHeaders headers, String target) {
    assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(headers.allValues("Server")).isEmpty();
    assertThat(headers.allValues("X-Powered-By")).isEmpty();
    assertThat(headers.map().keySet())
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control"));
    if (headers.firstValue("Content-Type").orElse("").startsWith("text/html")) {
      assertThat(headers.allValues("Referrer-Policy")).containsExactly("no-referrer");
      assertThat(headers.allValues("X-Frame-Options")).containsExactly("DENY");
      assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
          .contains("frame-ancestors 'none'");
    }
    if (target.startsWith(V1) || target.startsWith("/operations")) {
      assertThat(headers.allValues("Cache-Control")).containsExactly("no-store");
    } else {
      assertThat(headers.allValues("Cache-Control")).hasSize(1);
    }
  }

  @Test
  void whatIsNoRequestAtAllIsAnsweredTheSameWay() throws IOException {
    try (RawHttp connection = new RawHttp(secured.port(), client)) {
      connection.send("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n");
      HttpHeaders headers = connection.answer("GET").headers();
      assertThat(headers.allValues(HSTS)).hasSize(1);
      hardened(headers, "/");
    }
  }

  private static HttpHeaders answered(
      RunningService service,
      @Nullable SSLContext tls,
      String method,
      String target,
      String more,
      int status)
      throws IOException {
    try (RawHttp connection =
        tls == null ? new RawHttp(service.port()) : new RawHttp(service.port(), tls)) {
      connection.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n");
      Exchange answer = connection.answer(method);
      assertThat(answer.status()).isEqualTo(status);
      return answer.headers();
    }
  }
}
