package io.managedredis.config;

import static io.managedredis.config.ConfigFile.says;
import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.http.HttpSettings;
import io.managedredis.http.Limits;
import io.managedredis.http.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSectionTest {

  private final Path folder;
  private final ConfigFile file;

  HttpSectionTest(@TempDir Path folder) {
    this.folder = folder;
    file = new ConfigFile(folder);
  }

  @Test
  void everyKeyIsRead() throws Exception {
    assertThat(
            http(
                """
                tls:
                  certFile: server.pem
                  keyFile: server.key
                  clientCaFile: clients.pem
                cors:
                  origins: [https://console.example, "http://localhost:3000"]
                limits:
                  headerBytes: 16384
                  bodyBytes: 0
                  headerTimeout: 1s
                  bodyTimeout: 2s
                  idleTimeout: 3m
                  connections: 4
                  connectionsPerAddress: 5
                  requestsPerMinute: 6
                  downloads: 7
                """))
        .isEqualTo(
            new HttpSettings(
                new TlsSettings(
                    folder.resolve("server.pem"),
                    folder.resolve("server.key"),
                    folder.resolve("clients.pem")),
                List.of("https://console.example", "http://localhost:3000"),
                new Limits(
                    16384,
                    0,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofMinutes(3),
                    4,
                    5,
                    6,
                    7)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cors: {}\nlimits: {}", "cors: {origins: []}"})
  void whereNothingIsSaidThereIsNoTlsAndNoOriginAndTheUsualLimits(String yaml) throws Exception {
    assertThat(http(yaml)).isEqualTo(new HttpSettings(null, List.of(), Limits.defaults()));
  }

  @Test
  void clientsNeedNoCertificateUnlessItIsSaid() throws Exception {
    assertThat(http("tls: {certFile: server.pem, keyFile: server.key}").tls())
        .isEqualTo(
            new TlsSettings(folder.resolve("server.pem"), folder.resolve("server.key"), null));
  }

  @Test
  void everythingThatIsWrongIsListedAtOnceInItsLine() throws Exception {
    assertThat(
            file.problems(
                """
                tls:
                  caFile: clients.pem
                cors:
                  origin: https://console.example
                  origins:
                    - https://console.example
                    - "*"
                limits:
                  headerBytes: 16383
                  bodyBytes: 1048577
                  headerTimeout: 0s
                  bodyTimeout: 10
                  idleTimeout: 169h
                  connections: 0
                  connectionsPerAddress: many
                  requestsPerMinute: 100000001
                  downloads: 17
                  uploads: 1
                """))
        .satisfiesExactlyInAnyOrder(
            p -> says(p, 1, "tls.certFile is missing"),
            p -> says(p, 1, "tls.keyFile is missing"),
            p -> says(p, 2, "unknown key tls.caFile; known here: certFile, keyFile, clientCaFile"),
            p -> says(p, 4, "unknown key cors.origin; known here: origins"),
            p -> assertThat(p).contains("line 7: cors.origins[1] must be an origin"),
            p -> says(p, 9, "limits.headerBytes must be from 16384 to 1048576, not 16383"),
            p -> says(p, 10, "limits.bodyBytes must be from 0 to 1048576, not 1048577"),
            p -> assertThat(p).contains("line 11: limits.headerTimeout must be a duration"),
            p -> assertThat(p).contains("line 12: limits.bodyTimeout must be a duration"),
            p -> assertThat(p).contains("line 13: limits.idleTimeout must be a duration"),
            p -> says(p, 14, "limits.connections must be from 1 to 100000, not 0"),
            p -> says(p, 15, "limits.connectionsPerAddress must be from 1 to 100000, not many"),
            p -> says(p, 16, "limits.requestsPerMinute must be from 1 to 100000000, not 100000001"),
            p -> says(p, 17, "limits.downloads must be from 1 to 16, not 17"),
            p ->
                says(
                    p,
                    18,
                    "unknown key limits.uploads; known here: headerBytes, bodyBytes,"
                        + " headerTimeout, bodyTimeout, idleTimeout, connections,"
                        + " connectionsPerAddress, requestsPerMinute, downloads"));
  }

  @ParameterizedTest
  @CsvSource({
    "headerBytes, 16384, 1048576",
    "bodyBytes, 0, 1048576",
    "connections, 1, 100000",
    "connectionsPerAddress, 1, 100000",
    "requestsPerMinute, 1, 100000000",
    "downloads, 1, 16"
  })
  void aLimitIsTakenUpToItsEndsAndNotBeyond(String key, int least, int most) throws Exception {
    for (int number : List.of(least, most)) {
      assertThat(http("limits: {" + key + ": " + number + "}").limits().toString())
          .contains(key + "=" + number + (key.equals("downloads") ? "]" : ","));
    }
    for (int number : List.of(least - 1, most + 1)) {
      assertThat(file.problems("limits: {" + key + ": " + number + "}"))
          .singleElement()
          .satisfies(
              p ->
                  says(
                      p,
                      1,
                      "limits.%s must be from %d to %d, not %d"
                          .formatted(key, least, most, number)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tls: {certFile: server.pem}                   | tls.keyFile is missing",
        "tls: {keyFile: server.key}                    | tls.certFile is missing",
        "tls: {certFile: [a], keyFile: b}              | tls.certFile must be a single value",
        "tls: {certFile: a, keyFile: }                 | tls.keyFile must be a single value",
        "tls: {certFile: '', keyFile: b}               | tls.certFile is empty",
        "tls: {certFile: a, keyFile: ''}               | tls.keyFile is empty",
        "tls: {certFile: a, keyFile: b, clientCaFile: ''} | tls.clientCaFile is empty",
        "cors: {origins: https://console.example}      | cors.origins must be a list",
        "cors: {origins: [[https://console.example]]}  | cors.origins[0] must be a single value",
        "cors: {origins: [null]}                       | cors.origins[0] must be a single value",
        "cors: [https://console.example]               | cors must be a mapping of keys to values",
        "limits: none                                  | limits must be a mapping of keys to"
            + " values",
      })
  void aValueOfAnotherShapeIsOneProblemInItsLine(String yaml, String problem) throws Exception {
    assertThat(file.problems("listen: 127.0.0.1:0\n" + yaml))
        .singleElement()
        .satisfies(p -> says(p, 2, problem));
  }

  @Test
  void tlsThatIsEmptyIsNotPlainHttp() throws Exception {
    assertThat(file.problems("tls:"))
        .anySatisfy(p -> says(p, 1, "tls must be a mapping of keys to values"));
  }

  /** As browsers write them: RFC 6454, section 6.2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://console.example",
        "http://localhost:3000",
        "http://127.0.0.1",
        "https://[::1]:8443",
        "https://xn--mnchen-3ya.example",
        "https://console.example:80",
        "http://console.example:443",
        "http://console.example:65535"
      })
  void anOriginIsTakenAsItIsWritten(String origin) throws Exception {
    assertThat(http("cors: {origins: [\"" + origin + "\"]}").origins()).containsExactly(origin);
  }

  /** No browser sends any of them, so a page that was meant to be let in would not be. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "null",
        "",
        "console.example",
        "//console.example",
        "https://",
        "https://*",
        "https://*.example",
        "https://console.example/",
        "https://console.example/app",
        "https://console.example?x",
        "https://console.example#x",
        "https://Console.example",
        "HTTPS://console.example",
        "https://user@console.example",
        "https://münchen.example",
        "ftp://console.example",
        "file://",
        "https://console.example:",
        "https://console.example:443",
        "http://console.example:80",
        "http://console.example:0",
        "http://console.example:08080",
        "http://console.example:65536",
        "https://a.example https://b.example",
        "https://a.example\\n"
      })
  void whatNoBrowserWritesAsAnOriginIsRefused(String origin) throws Exception {
    assertThat(
            file.problems(
                "cors:\n  origins:\n    - https://console.example\n    - \"" + origin + "\"\n"))
        .singleElement()
        .satisfies(
            p ->
                says(
                    p,
                    4,
                    "cors.origins[1] must be an origin as browsers write it, such as"
                        + " https://console.example or http://localhost:3000, not "
                        + origin.replace("\\n", "\n")));
  }

  private HttpSettings http(String yaml) throws Exception {
    return file.read(yaml).http();
  }
}
