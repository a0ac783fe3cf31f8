package io.managedredis.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths that try to reach a file: each is answered with a Status, and with nothing of a file. What
 * the documentation's paths alone could be misused for is in {@code PagesTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class PathTricksTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String CLUSTER = "c9qpathtricks0000001";

  /** What only files of this machine hold: an account, the catalogue, a manifest, the settings. */
  private static final List<String> OF_FILES =
      List.of("root:", "SQLite format", "formatVersion", "dataDir", "planted-in-a-file", "PK\3\4");

  private final RunningService service;
  private final PlantedBackup planted;
  private final String id;

  PathTricksTest(@TempDir Path temp) throws Exception {
    planted = PlantedBackup.take(temp, 3);
    id = planted.id(CLUSTER);
    service = RunningService.in(Files.createDirectory(temp.resolve("service"))).start();
  }

  @BeforeAll
  void plant() throws IOException {
    Path unused = planted.plant(service.repository(), CLUSTER);
    Files.writeString(service.repository().resolve("secret"), "planted-in-a-file");
    Files.writeString(service.repository().resolveSibling("secret"), "planted-in-a-file");
    service.restart();
  }

  @AfterAll
  void end() {
    service.close();
  }

  static Stream<String> tricks() {
    return Stream.of(
        "../secret",
        "../../secret",
        "../../../../../../../../etc/passwd",
        "..%2fsecret",
        "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "%2e%2e%2fsecret",
        "..%5csecret",
        "..%5c..%5cetc%5cpasswd",
        "%2e%2e%5csecret",
        "%c0%ae%c0%ae/secret",
        "%c0%ae%c0%ae%c0%afsecret",
        "%e0%80%ae%e0%80%ae%e0%80%afsecret",
        "%252e%252e%252fsecret",
        "%25c0%25ae%25c0%25ae/secret",
        "%u002e%u002e/secret",
        "..;/secret",
        "..;a=b/..;/secret",
        ";/../secret",
        "....//secret",
        "/secret",
        "/etc/passwd",
        "//etc/passwd",
        "%2fetc%2fpasswd",
        "file:/etc/passwd",
        "file%3a%2f%2f%2fetc%2fpasswd",
        "jar:file:/x!/y",
        "secret%00",
        "secret%00.css",
        "%00",
        "./secret",
        "~root/.ssh/id_rsa",
        "$%7bjndi:ldap://127.0.0.1/a%7d",
        "manifest.json",
        "shard1.rdb.zst",
        "catalog.db",
        "WEB-INF/web.xml",
        "con",
        "a".repeat(7000));
  }

  static Stream<String> targets() {
    List<String> places =
        List.of(
            "/",
            "/docs/",
            "/openapi.yaml/",
            "/openapi.json/",
            "/landing.css/",
            "/health/",
            "/metrics/",
            "/operations/",
            V1 + "/",
            V1 + "/backups/",
            V1 + "/clusters/");
    return Stream.concat(
        places.stream().flatMap(place -> tricks().map(trick -> place + trick)),
        tricks()
            .flatMap(
                trick ->
                    Stream.of(
                        V1 + "/clusters/" + trick + "/backups",
                        V1 + "/backups/" + trick + "/manifest",
                        V1 + "/backups/" + trick + "/shards/shard1/rdb",
                        V1 + "/backups/" + CLUSTER + ":" + trick + "/manifest",
                        V1 + "/backups/" + CLUSTER + ":" + trick + "/shards/shard1/rdb",
                        V1 + "/backups/SUFFIX/shards/" + trick + "/rdb",
                        V1 + "/backups/SUFFIX/shards/shard1" + trick + "/rdb",
                        V1 + "/backups/SUFFIX/shards/shard1/" + trick)));
  }

  @Test
  void noPathLeadsToAFile() throws IOException {
    for (String target : targets().toList()) {
      String sent = target.replace("SUFFIX", id);
      Exchange answer = send("GET", sent, "");

      assertThat(answer.status()).as(sent).isBetween(400, 499);
      assertThat(answer.body()).as(sent).doesNotContain(OF_FILES).hasSizeLessThan(20_000);
    }
  }

  /** RFC 9112, 3.2.2: a server has to take the absolute form; the host in it is none of ours. */
  @ParameterizedTest
  @ValueSource(strings = {"http://%s", "HTTP://%s", "https://%s"})
  void anAbsoluteTargetIsThePathOnThisServerAndNoOtherIsAsked(String origin) throws IOException {
    try (HostileNode other =
        HostileNode.that("GET", HostileNode.latin1("HTTP/1.1 200 OK\r\n\r\n"))) {
      String prefix = origin.formatted(other.address());
      String path = V1 + "/backups?folderId=" + PlantedBackup.FOLDER;

      Exchange absolute = send("GET", prefix + path, "");
      Exchange file = send("GET", prefix + "/etc/passwd", "");
      Exchange climbing = send("GET", prefix + "/../../etc/passwd", "");

      assertThat(absolute.body()).isEqualTo(send("GET", path, "").body()).contains(id);
      assertThat(file.status()).isEqualTo(404);
      assertThat(climbing.status()).isEqualTo(404);
      assertThat(other.received()).isEmpty();
      assertThat(other.openConnections()).isZero();
    }
  }

  /** Where nobody is asked who they are, a name that is not this host's may be anybody's. */
  @ParameterizedTest
  @ValueSource(strings = {"http://user:password@localhost", "http://other.example"})
  void anAbsoluteTargetOfAnotherNameIsRefused(String origin) throws IOException {
    String target = origin + V1 + "/backups?folderId=" + PlantedBackup.FOLDER;

    assertThat(send("GET", target, "").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET 127.0.0.1:22",
        "GET file:///etc/passwd",
        "GET ftp://127.0.0.1/etc/passwd",
        "GET etc/passwd",
        "GET ?x",
        "GET *",
        "GET \\\\127.0.0.1\\share",
        "PROPFIND /",
        "COPY /openapi.yaml",
        "GET /openapi.yaml/../../etc/passwd"
      })
  void aTargetOfAnotherFormIsRefused(String request) throws IOException {
    String[] parts = request.split(" ", 2);
    Exchange answer = send(parts[0], parts[1], "");

    assertThat(answer.status()).isBetween(400, 505);
    assertThat(answer.status()).isNotEqualTo(500);
    assertThat(answer.body()).doesNotContain(OF_FILES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Host: evil.example.org",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Prefix: /evil",
        "Forwarded: for=127.0.0.1;host=evil.example.org;proto=https",
        "X-Original-URL: /metrics",
        "X-Rewrite-URL: /metrics",
        "X-HTTP-Method-Override: DELETE",
        "X-HTTP-Method: DELETE",
        "X-Method-Override: DELETE",
        "Content-Location: /etc/passwd",
        "Destination: /etc/passwd"
      })
  void aHeaderOfAProxyChangesNothingInTheApi(String header) throws IOException {
    String path = V1 + "/backups/" + id;
    String plain = send("GET", path, "").body();

    Exchange answer = send("GET", path, header + "\r\n");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(plain);
    assertThat(answer.headers().map().toString()).doesNotContain("evil");
    assertThat(send("GET", "/docs", header + "\r\n").headers().firstValue("location"))
        .hasValue("/docs/");
    assertThat(send("GET", path, "").status()).isEqualTo(200);
  }

  private Exchange send(String method, String target, String header) throws IOException {
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
      return connection.answer(method);
    }
  }
}
