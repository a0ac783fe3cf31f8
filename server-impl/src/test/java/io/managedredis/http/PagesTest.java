package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.Role;
import io.managedredis.client.ApiException;
import io.managedredis.testing.Contract;
import io.managedredis.testing.ContractFile;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is there beside the API: landing page, contract, documentation, health and metrics. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {

  private static final String CLUSTER = "c9qpages000000000001";
  private static final String NEVER_BACKED_UP = "c9qpages000000000002";
  private static final Pattern CURL = Pattern.compile("curl (?:-X ([A-Z]+) )?'([^']+)'");
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

  /** A comment, or a name with its labels and a number. */
  private static final Pattern PROMETHEUS =
      Pattern.compile(
          "# (HELP|TYPE) .+|[a-z0-9_]+(\\{([a-z_]+=\"[^\"]*\",?)+})? ([-+0-9.eE]+|[-+]Inf|NaN)");

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final RunningService service;

  PagesTest(@TempDir Path folder) {
    service = started(folder);
  }

  private RunningService started(Path folder) {
    return RunningService.in(folder)
        .cluster(CLUSTER, "b1gpages", redis.address())
        .cluster(NEVER_BACKED_UP, "b1gpages", redis.address())
        .start();
  }

  @AfterAll
  void end() {
    service.close();
    redis.close();
  }

  @Test
  void theContractIsTheVeryFile() throws IOException {
    HttpResponse<String> answer = get("/openapi.yaml");

    assertThat(answer.headers().firstValue("content-type").orElse("")).contains("yaml");
    assertThat(answer.body().getBytes(StandardCharsets.UTF_8))
        .isEqualTo(Files.readAllBytes(ContractFile.path()));
  }

  @Test
  void theContractInJsonIsTheSameDocument() throws IOException {
    Object file =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(ContractFile.path()));

    HttpResponse<String> answer = get("/openapi.json");

    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(new ObjectMapper().readValue(answer.body(), Object.class)).isEqualTo(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs/"})
  void everyLinkOfAPageLeadsSomewhereOnThisServer(String at) {
    HttpResponse<String> page = get(at);
    List<String> links = new ArrayList<>();
    Matcher matcher = LINK.matcher(page.body());
    while (matcher.find()) {
      links.add(matcher.group(1));
    }

    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/html");
    assertThat(links).hasSizeGreaterThan(5);
    for (String link : links) {
      String path = link.startsWith("/") ? link : "/docs/" + link.replaceFirst("^\\./", "");
      HttpResponse<String> asset = get(path);
      assertThat(asset.statusCode()).as(path).isEqualTo(200);
      assertThat(asset.body()).as(path).isNotEmpty();
    }
  }

  @Test
  void theLandingPageSaysWhereTheDocumentationTheContractAndTheHealthAre() {
    assertThat(get("/").body())
        .contains(
            "href=\"/docs/\"",
            "href=\"/openapi.yaml\"",
            "href=\"/openapi.json\"",
            "href=\"/health/live\"",
            "href=\"/health/ready\"",
            "href=\"/metrics\"")
        .contains("contract " + Contract.present().document().at("/info/version").asText())
        .doesNotContain("{{");
  }

  @Test
  void theCommandsOfTheLandingPageWorkAsTheyStand() throws ApiException {
    List<String> statuses =
        CURL.matcher(get("/").body())
            .results()
            .map(
                curl -> {
                  String method = curl.group(1) == null ? "GET" : curl.group(1);
                  assertThat(curl.group(2)).startsWith(service.url());
                  String path = curl.group(2).substring(service.url().length());
                  return method + " " + service.send(method, path).statusCode();
                })
            .toList();

    assertThat(statuses).containsExactly("GET 200", "POST 200", "GET 200");
    // Another test takes a backup of this cluster, which only one call can do at a time.
    service
        .clusters()
        .listClusterOperations(CLUSTER, null, null)
        .getOperations()
        .forEach(service::awaitDone);
  }

  @ParameterizedTest
  @CsvSource({
    "backups.localhost, http://backups.localhost/",
    "backups.localhost:8443, http://backups.localhost:8443/",
    "[::1]:8080, http://[::1]:8080/"
  })
  void theCommandsGoToTheAddressThatWasAsked(String host, String expected) throws IOException {
    assertThat(landingPage("Host: " + host)).contains("curl '" + expected + "managed-redis/");
  }

  @Test
  void theCommandsUseTlsWhereAProxyEndsIt() throws IOException {
    assertThat(landingPage("Host: backups.localhost\r\nX-Forwarded-Proto: https"))
        .contains("curl 'https://backups.localhost/managed-redis/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x'$(id)'", "<script>alert(1)</script>", "a\"b", "a b", "a&amp;b", "user@host"})
  void aHostThatIsNoneDoesNotGetIntoThePage(String host, @TempDir Path folder) throws IOException {
    // Where callers have to say who they are, any name of this server is answered to.
    Tokens tokens = new Tokens(folder);
    String unused = tokens.bearer("anybody", Role.VIEWER, "b1gpages");
    try (RunningService asking =
        RunningService.in(folder).setting("auth", tokens.setting()).start()) {
      assertThat(landingPage(asking, "Host: " + host))
          .doesNotContain(host)
          .contains("http://localhost:");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs/"})
  void aPageMayLoadFromThisServerAloneAndRunNoCodeThatIsNotAFileOfIts(String path) {
    HttpResponse<String> page = get(path);

    assertThat(page.headers().firstValue("content-security-policy"))
        .hasValue(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                + " connect-src 'self'; form-action 'none'; base-uri 'none';"
                + " frame-ancestors 'none'");
    assertThat(page.headers().firstValue("referrer-policy")).hasValue("no-referrer");
    assertThat(page.headers().firstValue("x-frame-options")).hasValue("DENY");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/landing.css",
        "/docs/",
        "/docs/swagger-initializer.js",
        "/docs/swagger-ui-bundle.js",
        "/openapi.yaml",
        "/openapi.json"
      })
  void whatABrowserKeptIsAskedForAgainAndSentOnlyWhenItChanged(String path) {
    HttpResponse<String> first = get(path);
    String tag = first.headers().firstValue("etag").orElseThrow();

    assertThat(first.headers().firstValue("cache-control")).hasValue("no-cache");
    for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      HttpResponse<String> again = service.sendBroken("GET", path, "If-None-Match", known);
      assertThat(again.statusCode()).as(known).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.headers().firstValue("etag")).hasValue(tag);
    }
    HttpResponse<String> outdated = service.sendBroken("GET", path, "If-None-Match", "\"other\"");
    assertThat(outdated.statusCode()).isEqualTo(200);
    assertThat(outdated.body()).isEqualTo(first.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/live", "/health/ready", "/metrics"})
  void whatIsTrueForAMomentIsNeverKept(String path) {
    assertThat(get(path).headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(service.sendBroken("GET", path, "If-None-Match", "*").statusCode()).isEqualTo(200);
  }

  @Test
  void theDocumentationShowsTheContractOfThisServer() {
    assertThat(get("/docs/swagger-initializer.js").body()).contains("url: \"/openapi.yaml\"");
  }

  @Test
  void theDocumentationIsFoundWithoutItsSlash() {
    HttpResponse<String> answer = get("/docs");

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location")).hasValue("/docs/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs/../application.yaml",
        "/docs/%2e%2e/",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/docs/....//",
        "/docs//index.css",
        "/docs/./index.css",
        "/docs/index.css/",
        "/docs/%69ndex.css",
        "/docs/index.css;a=b",
        "/docs/index.html",
        "/docs/swagger-ui.js.map",
        "/docs/META-INF/MANIFEST.MF",
        "/docs/managed-redis.yaml",
        "/docs/~root"
      })
  void aPathThatTriesToGetOutOfTheDocumentationIsNotFound(String path) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Exchange answer = connection.answer("GET");

      assertThat(answer.status()).isEqualTo(404);
      assertThat(StatusAnswer.of(answer.status(), answer.body()).code()).isEqualTo(5);
    }
  }

  @Test
  void theServerIsAliveAndReady() {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void aRepositoryThatIsGoneMakesTheServerUnready(@TempDir Path folder) throws IOException {
    try (RunningService broken = started(folder)) {
      assertThat(broken.send("GET", "/health/ready").statusCode()).isEqualTo(200);
      Files.move(broken.repository(), folder.resolve("elsewhere"));
      Files.writeString(broken.repository(), "not a folder");

      StatusAnswer status = awaitUnready(broken);

      assertThat(status.code()).isEqualTo(14);
      assertThat(status.message())
          .contains("repository")
          .doesNotContain(folder.toString(), folder.getFileName().toString());
      assertThat(broken.send("GET", "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aCatalogueThatIsGoneMakesTheServerUnready(@TempDir Path folder) throws IOException {
    try (RunningService broken = started(folder)) {
      Files.move(broken.catalogFile(), folder.resolve("elsewhere.db"));

      StatusAnswer status = awaitUnready(broken);

      assertThat(status.code()).isEqualTo(14);
      assertThat(status.message())
          .contains("catalogue")
          .doesNotContain(folder.toString(), folder.getFileName().toString());
    }
  }

  @Test
  void aServerThatWasUnreadyGetsReadyAgain(@TempDir Path folder) throws IOException {
    try (RunningService broken = started(folder)) {
      Path elsewhere = folder.resolve("elsewhere");
      Files.move(broken.repository(), elsewhere);
      StatusAnswer unused = awaitUnready(broken);
      Files.move(elsewhere, broken.repository());

      Awaitility.await("ready")
          .atMost(Duration.ofSeconds(10))
          .until(() -> broken.send("GET", "/health/ready").statusCode() == 200);
    }
  }

  @Test
  void requestsAreMeasuredByOperationAndStatusInAHistogram() {
    HttpResponse<String> unused =
        service.send("GET", "/managed-redis/v1/backups/" + CLUSTER + ":unknown");

    String metrics =
        awaitMetrics(
            "managed_redis_http_requests_seconds_count{operation=\"getBackup\",status=\"404\"}");

    assertThat(metrics)
        .contains("# TYPE managed_redis_http_requests_seconds histogram")
        .containsPattern(
            "managed_redis_http_requests_seconds_bucket\\{operation=\"getBackup\",status=\"404\","
                + "le=\"0\\.005\"} [0-9.]+")
        .containsPattern(
            "managed_redis_http_requests_seconds_sum\\{operation=\"getBackup\",status=\"404\"}"
                + " [0-9]");
  }

  @Test
  void aPathFromOutsideNeverBecomesALabel() {
    HttpResponse<String> unused = service.sendBroken("GET", "/made-up-by-a-stranger");

    assertThat(awaitMetrics("operation=\"none\",status=\"404\""))
        .doesNotContain("made-up-by-a-stranger");
  }

  @Test
  void metricsAreInTheTextFormatOfPrometheus() {
    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body().lines().filter(line -> !PROMETHEUS.matcher(line).matches())).isEmpty();
  }

  @Test
  void aBackupIsCountedWithItsBytesAndItsDuration(@TempDir Path folder) throws ApiException {
    try (RunningService fresh = started(folder)) {
      String label = "{cluster=\"" + CLUSTER + "\"";
      assertThat(fresh.send("GET", "/metrics").body())
          .contains("managed_redis_backups_total" + label + ",result=\"succeeded\"} 0.0");
      String unused = fresh.takeBackup(CLUSTER);

      assertThat(fresh.send("GET", "/metrics").body())
          .contains("managed_redis_backups_total" + label + ",result=\"succeeded\"} 1.0")
          .contains("managed_redis_backups_total" + label + ",result=\"failed\"} 0.0")
          .contains("managed_redis_backups_total" + label + ",result=\"cancelled\"} 0.0")
          .containsPattern(Pattern.quote("managed_redis_backups_raw_bytes_sum" + label) + "} [1-9]")
          .containsPattern(
              Pattern.quote("managed_redis_backups_stored_bytes_sum" + label) + "} [1-9]")
          .contains(
              "managed_redis_backups_duration_seconds_count" + label + ",result=\"succeeded\"} 1");
    }
  }

  @Test
  void theAgeOfTheLastGoodBackupIsInfiniteBeforeTheFirst() {
    assertThat(get("/metrics").body())
        .contains(
            "managed_redis_last_good_backup_age_seconds{cluster=\"" + NEVER_BACKED_UP + "\"} +Inf");
  }

  @Test
  void theAgeOfTheLastGoodBackupIsThatOfTheNewest() throws ApiException {
    String unused = service.takeBackup(CLUSTER);

    Matcher age =
        Pattern.compile(
                "managed_redis_last_good_backup_age_seconds\\{cluster=\""
                    + CLUSTER
                    + "\"} ([0-9.]+)")
            .matcher(get("/metrics").body());

    assertThat(age.find()).isTrue();
    assertThat(Double.parseDouble(age.group(1))).isBetween(0.0, 60.0);
  }

  private String landingPage(String headers) throws IOException {
    return landingPage(service, headers);
  }

  private static String landingPage(RunningService service, String headers) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send("GET / HTTP/1.1\r\n" + headers + "\r\n\r\n");
      return connection.answer("GET").body();
    }
  }

  private static StatusAnswer awaitUnready(RunningService service) {
    // An answer is kept for a second, so the first ones may still be good.
    HttpResponse<String> answer =
        Awaitility.await("unready")
            .atMost(Duration.ofSeconds(15))
            .until(() -> service.send("GET", "/health/ready"), ready -> ready.statusCode() != 200);
    assertThat(answer.statusCode()).isEqualTo(503);
    return StatusAnswer.of(answer);
  }

  /** An answer is measured once it is sent, so its caller may be a moment too early. */
  private String awaitMetrics(String part) {
    return Awaitility.await(part)
        .atMost(Duration.ofSeconds(10))
        .pollDelay(Duration.ZERO)
        .until(() -> get("/metrics").body(), metrics -> metrics.contains(part));
  }

  private HttpResponse<String> get(String path) {
    return service.sendBroken("GET", path);
  }
}
