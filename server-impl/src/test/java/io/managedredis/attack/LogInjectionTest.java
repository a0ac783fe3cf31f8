package io.managedredis.attack;

import static io.managedredis.attack.HostileNode.echo;
import static io.managedredis.attack.HostileNode.latin1;
import static io.managedredis.attack.HostileNode.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lines that callers, nodes and files try to put into the server's log, headers that they try to
 * put into its answers, and bodies that nobody asked for. The server is one with little memory, and
 * its log is what it really writes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class LogInjectionTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String FORGED = "2001-02-03T04:05:06.789Z [ERROR] forged";
  private static final String PASSWORD = "planted-S3cret-of-the-cluster";
  private static final Pattern LINE =
      Pattern.compile("20[2-9]\\d-\\d\\d-\\d\\dT\\S+ \\[(INFO|WARN|ERROR)] .*");

  /** Each says a line of its own into the log, in its own way. */
  private final List<HostileNode> nodes =
      List.of(
          HostileNode.that("AUTH", echo("-ERR \u0085\u2028")),
          HostileNode.that("AUTH", latin1("-ERR wrong\n" + FORGED + "\r\n")),
          HostileNode.that("INFO", latin1("-ERR \u0007\u001b[1A" + FORGED + " \u0085x\r\n")),
          HostileNode.that("REPLCONF", latin1("-ERR no\r" + FORGED + "\r\n")),
          HostileNode.that("PSYNC", latin1("-NOPERM " + PASSWORD + "\r" + FORGED + "\r\n")),
          HostileNode.inClusterMode(text(FORGED + "\r" + FORGED)));

  private final SmallServer server;
  private final Path temp;

  LogInjectionTest(@TempDir Path temp) throws Exception {
    this.temp = temp;
    Path password = Files.writeString(temp.resolve("password"), PASSWORD);
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    List<String> configuration = new ArrayList<>(List.of("dataDir: data", "clusters:"));
    for (int i = 0; i < nodes.size(); i++) {
      configuration.add("  - id: " + cluster(i));
      configuration.add("    folderId: b1glog");
      configuration.add("    name: node" + i);
      configuration.add("    nodes: [\"" + nodes.get(i).address() + "\"]");
      configuration.add("    passwordFile: " + password);
    }
    configuration.addAll(
        List.of(
            "backup:",
            "  attempts: 2",
            "  connectTimeout: 3s",
            "  handshakeTimeout: 3s",
            "  firstByteTimeout: 2s"));
    server = SmallServer.start(temp, configuration);
  }

  private static String cluster(int index) {
    return "c9qlog" + index;
  }

  @AfterAll
  void end() throws IOException {
    server.close();
    nodes.forEach(HostileNode::close);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%0d%0a2001-02-03T04:05:06.789Z%20[ERROR]%20forged",
        "%0a2001-02-03T04:05:06.789Z%20%5BERROR%5D%20forged%0aX-Planted:%20yes",
        "x%0d%0aX-Planted:%20yes%0d%0a%0d%0a<html>",
        "%e2%80%a82001-02-03T04:05:06.789Z%20%5BERROR%5D%20forged",
        "%c2%852001-02-03T04:05:06.789Z%20%5BERROR%5D%20forged",
        "%1b%5b2J%1b%5d0;title%07",
        "%e5%98%8a%e5%98%8dX-Planted:%20yes"
      })
  void noParameterGetsIntoAHeaderOrALineOfTheLog(String value) throws IOException {
    for (String target :
        List.of(
            V1 + "/backups?folderId=" + value,
            V1 + "/backups?folderId=b1glog&pageToken=" + value,
            V1 + "/backups?folderId=b1glog&pageSize=" + value,
            V1 + "/clusters?folderId=b1glog&filter=" + value,
            V1 + "/backups/" + value,
            V1 + "/backups/c9qlog0:" + value,
            V1 + "/backups/c9qlog0:x/shards/" + value + "/rdb",
            V1 + "/clusters/" + value,
            V1 + "/clusters/" + value + "/operations",
            V1 + "/nothing/" + value,
            "/operations/" + value,
            "/docs/" + value,
            "/docs?" + value,
            "/" + value)) {
      assertAnsweredInPlainForm(
          answer("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET"));
    }
    assertThat(server.runs()).isTrue();
    assertLogIsOurs();
  }

  @Test
  void noHeaderGetsIntoAHeaderOrALineOfTheLog() throws IOException {
    List<String> values =
        List.of(
            "x\r" + FORGED,
            "x\u0000" + FORGED,
            "x\r\n " + FORGED,
            "x\r\n\t" + FORGED,
            "\u001b[2J" + FORGED,
            "\u0085" + FORGED,
            "${jndi:ldap://127.0.0.1/a}");
    for (String name :
        List.of(
            "x-client-request-id",
            "x-client-trace-id",
            "x-request-id",
            "Idempotency-Key",
            "Authorization",
            "If-None-Match",
            "Range",
            "Accept",
            "User-Agent",
            "Referer",
            "Host",
            "Upgrade",
            "Content-Type",
            "Cookie")) {
      for (String value : values) {
        for (String method :
            List.of(
                "GET " + V1 + "/backups?folderId=b1glog", "DELETE " + V1 + "/backups/c9qlog0:x")) {
          String host = name.equals("Host") ? "" : "Host: localhost\r\n";
          assertAnsweredInPlainForm(
              answer(
                  method + " HTTP/1.1\r\n" + host + name + ": " + value + "\r\n\r\n",
                  method.substring(0, method.indexOf(' '))));
        }
      }
    }
    assertLogIsOurs();
  }

  @Test
  void noNodeGetsALineOrItsPasswordIntoTheLog() throws IOException {
    for (int i = 0; i < nodes.size(); i++) {
      Exchange started =
          answer(
              "POST "
                  + V1
                  + "/clusters/"
                  + cluster(i)
                  + ":backup HTTP/1.1\r\nHost: localhost\r\n\r\n",
              "POST");
      assertThat(started.status()).isEqualTo(200);
      Exchange shards =
          answer(
              "GET "
                  + V1
                  + "/clusters/"
                  + cluster(i)
                  + "/shards HTTP/1.1\r\nHost: localhost\r\n\r\n",
              "GET");
      assertThat(shards.body()).doesNotContain(PASSWORD);
    }

    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> failures() == nodes.size());
    assertThat(server.log()).doesNotContain(PASSWORD);
    assertLogIsOurs();
  }

  private long failures() throws IOException {
    return Pattern.compile("\\[WARN] .*Operations - Operation \\w+ \\(BACKUP_CLUSTER\\) failed")
        .matcher(server.log())
        .results()
        .count();
  }

  /** No call has a body: none is parsed, whatever is in it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"nested arrays", "nested objects", "a huge number", "duplicate keys", "entities"})
  void aBodyThatNobodyAskedForIsNotParsed(String kind) throws IOException {
    String body =
        switch (kind) {
          case "nested arrays" -> "[".repeat(60_000);
          case "nested objects" -> "{\"a\":".repeat(12_000);
          case "a huge number" -> "9".repeat(60_000);
          case "duplicate keys" ->
              IntStream.range(0, 2_500)
                  .mapToObj(i -> "\"backupId\":\"c9qlog0:x\"")
                  .collect(java.util.stream.Collectors.joining(",", "{", "}"));
          default -> "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
        };
    for (String request :
        List.of(
            "POST " + V1 + "/clusters/c9qunknown:backup",
            "POST " + V1 + "/backups/c9qlog0:x:verify",
            "DELETE " + V1 + "/backups/c9qlog0:x",
            "GET " + V1 + "/backups/c9qlog0:x")) {
      String method = request.substring(0, request.indexOf(' '));
      long start = System.nanoTime();
      Exchange answer =
          answer(
              request
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/"
                  + (kind.equals("entities") ? "xml" : "json")
                  + "\r\nContent-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body,
              method);

      assertThat(answer.status()).as(request).isBetween(400, 499);
      assertThat(answer.body().toLowerCase(Locale.ROOT))
          .doesNotContain("root:", "jackson", "json token");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
    assertThat(server.runs()).isTrue();
    assertLogIsOurs();
  }

  /** Every line begins as ours do, and none as the planted one. */
  private void assertLogIsOurs() throws IOException {
    assertThat(server.log().split("[\\n\\r\\u0085\\u2028\\u2029]", -1))
        .filteredOn(line -> !line.isEmpty())
        .allMatch(line -> LINE.matcher(line).matches());
    assertThat(server.log()).doesNotContain("\u001b", "OutOfMemory");
    assertThat(temp.resolve("data")).isDirectory();
  }

  /** One answer of HTTP, and no header but ours. */
  private static void assertAnsweredInPlainForm(Exchange answer) {
    assertThat(answer.headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("planted"));
    assertThat(answer.headers().map().toString()).doesNotContain("forged", "\u001b");
    if (answer.status() >= 400) {
      assertThat(answer.body()).doesNotContain("\u001b", "\n20", "\r");
    }
  }

  private Exchange answer(String request, String method) throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send(request);
      return connection.answer(method);
    }
  }
}
