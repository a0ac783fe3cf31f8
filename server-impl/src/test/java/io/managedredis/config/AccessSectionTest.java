package io.managedredis.config;

import static io.managedredis.config.ConfigFile.says;
import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.access.AccessSettings;
import io.managedredis.access.AuditSettings;
import io.managedredis.access.JwtSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessSectionTest {

  private static final String SECRET = "hunter2-planted";

  private final Path folder;
  private final ConfigFile file;

  AccessSectionTest(@TempDir Path folder) {
    this.folder = folder;
    file = new ConfigFile(folder);
  }

  @Test
  void everyKeyIsRead() throws Exception {
    Files.writeString(folder.resolve("ca.pem"), "whatever is in it");

    assertThat(
            access(
                """
                auth:
                  tokens: ./tokens.txt
                  jwt:
                    issuer: https://login.example/realms/main
                    audience: managed-redis-backup
                    jwksUri: https://keys.example:8443/jwks?tenant=1
                    caFile: ca.pem
                    subjectClaim: email
                    rolesClaim: realm_access.roles
                    algorithms: [PS512, ES384]
                    clockTolerance: 5m
                  openMetrics: true
                audit:
                  file: logs/../audit/calls.log
                  fileBytes: 65536
                  files: 2
                """))
        .isEqualTo(
            new AccessSettings(
                folder.resolve("tokens.txt"),
                new JwtSettings(
                    "https://login.example/realms/main",
                    "managed-redis-backup",
                    URI.create("https://keys.example:8443/jwks?tenant=1"),
                    folder.resolve("ca.pem"),
                    "email",
                    "realm_access.roles",
                    List.of("PS512", "ES384"),
                    Duration.ofMinutes(5)),
                true,
                new AuditSettings(folder.resolve("audit/calls.log"), 65536, 2)));
  }

  @Test
  void withoutAuthNobodyIsAskedAndTheMetricsAreOpen() throws Exception {
    AccessSettings access = access("");

    assertThat(access)
        .isEqualTo(new AccessSettings(null, null, true, new AuditSettings(null, 16 << 20, 16)));
    assertThat(access.required()).isFalse();
  }

  @Test
  void anIssuerNeedsLittleMore() throws Exception {
    assertThat(jwt(""))
        .isEqualTo(
            new JwtSettings(
                "https://login.example",
                "a",
                null,
                null,
                "sub",
                "roles",
                List.of("RS256", "ES256"),
                Duration.ofSeconds(30)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth: {tokens: t}",
        "auth: {jwt: {issuer: https://login.example, audience: a, rolesClaim: roles}}"
      })
  void whoeverIsAskedIsAskedForTheMetricsToo(String yaml) throws Exception {
    assertThat(access(yaml).required()).isTrue();
    assertThat(access(yaml).openMetrics()).isFalse();
  }

  @Test
  void openMetricsMayBeSaidToBeClosed() throws Exception {
    assertThat(access("auth: {tokens: t, openMetrics: false}").openMetrics()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "True", "1", "\"\"", "on"})
  void aFlagIsTrueOrFalse(String flag) throws Exception {
    assertThat(file.problems("auth: {tokens: t, openMetrics: " + flag + "}"))
        .singleElement()
        .satisfies(
            p ->
                says(
                    p, 1, "auth.openMetrics must be true or false, not " + flag.replace("\"", "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth: {}", "auth: {openMetrics: true}"})
  void authThatAsksNobodyIsRefused(String yaml) throws Exception {
    assertThat(file.problems("listen: 127.0.0.1:0\n" + yaml))
        .singleElement()
        .satisfies(
            p -> says(p, 2, "auth has neither tokens nor jwt; without auth nobody is asked"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth:", "auth: tokens.txt", "auth: [tokens.txt]"})
  void authThatIsNoMappingDoesNotMeanThatNobodyIsAsked(String yaml) throws Exception {
    assertThat(file.problems(yaml))
        .anySatisfy(p -> says(p, 1, "auth must be a mapping of keys to values"));
  }

  @Test
  void everythingThatIsWrongIsListedAtOnceInItsLine() throws Exception {
    assertThat(
            file.problems(
                """
                auth:
                  token: t
                  tokens: [t]
                  jwt:
                    jwksUri: http://keys.example
                    ca: x
                    caFile: none.pem
                    algorithms:
                      - RS256
                      - HS256
                    clockTolerance: 301s
                audit:
                  path: a
                  fileBytes: 65535
                  files: 1
                """))
        .satisfiesExactlyInAnyOrder(
            p -> says(p, 2, "unknown key auth.token; known here: tokens, jwt, openMetrics"),
            p -> says(p, 3, "auth.tokens must be a single value"),
            p -> says(p, 4, "auth.jwt.issuer is missing"),
            p -> says(p, 4, "auth.jwt.audience is missing"),
            p -> says(p, 4, "auth.jwt.rolesClaim is missing"),
            p -> assertThat(p).contains("line 5: auth.jwt.jwksUri must be an https address"),
            p ->
                says(
                    p,
                    6,
                    "unknown key auth.jwt.ca; known here: issuer, audience, jwksUri, caFile,"
                        + " subjectClaim, rolesClaim, algorithms, clockTolerance"),
            p ->
                says(
                    p,
                    7,
                    "auth.jwt.caFile: "
                        + folder.resolve("none.pem")
                        + " does not exist, or may not be read"),
            p -> assertThat(p).contains("line 10: auth.jwt.algorithms[1] must be one of"),
            p -> says(p, 11, "auth.jwt.clockTolerance must be at most 5m, not 301s"),
            p -> says(p, 13, "unknown key audit.path; known here: file, fileBytes, files"),
            p -> says(p, 14, "audit.fileBytes must be from 65536 to 999999999, not 65535"),
            p -> says(p, 15, "audit.files must be from 2 to 1000, not 1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.example",
        "https://login.example/",
        "https://login.example:8443/realms/main",
        "HTTPS://login.example",
        "http://127.0.0.1:8080/realm",
        "http://localhost",
        "http://[::1]:8080"
      })
  void anIssuerIsTakenAsItIsWritten(String address) throws Exception {
    assertThat(jwtOf(address, "").issuer()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://keys.example/jwks?tenant=1",
        "http://127.0.0.1:8080/keys",
        "http://localhost/keys",
        "http://[::1]:8080/keys"
      })
  void theKeysAddressIsTakenAsItIsWritten(String address) throws Exception {
    assertThat(jwt("jwksUri: \"" + address + "\"").jwksUri()).isEqualTo(URI.create(address));
  }

  @ParameterizedTest
  @CsvSource({
    "http://login.example, ', not http://login.example'",
    "http://127.0.0.1.example, ', not http://127.0.0.1.example'",
    "http://10.0.0.1:8080/x, ', not http://10.0.0.1:8080'",
    "ftp://login.example, ', not ftp://login.example'",
    "https://user@login.example, ', not https://login.example'",
    "https://@login.example, ', not https://login.example'",
    "http://user:hunter2-planted@localhost, ', not http://localhost'",
    "https://login.example:65536, ', not https://login.example:65536'",
    "login.example, ''",
    "//login.example, ''",
    "login.example:443, ''",
    "https:login.example, ''",
    "https:///realm, ''",
    "https://a@b@login.example, ''",
    "urn:login, ''",
  })
  void anAddressThatIsNotSafeIsRefusedWithoutItsPassword(String address, String told)
      throws Exception {
    String rule =
        " must be an https address without a password (http is for this host only), such as"
            + " https://login.example";
    assertThat(file.problems(yaml(address, "")))
        .singleElement()
        .satisfies(p -> says(p, 3, "auth.jwt.issuer" + rule + told));
    assertThat(file.problems(yaml("https://login.example", "jwksUri: \"" + address + "\"")))
        .singleElement()
        .satisfies(p -> says(p, 6, "auth.jwt.jwksUri" + rule + told));
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "jwksUri"})
  void whatIsNoUriIsRefusedWithoutRepeatingIt(String key) throws Exception {
    String address = "https://user:" + SECRET + " @login.example";
    String yaml =
        key.equals("issuer")
            ? yaml(address, "")
            : yaml("https://login.example", "jwksUri: \"" + address + "\"");

    assertThat(file.problems(yaml))
        .singleElement()
        .satisfies(
            p ->
                assertThat(p)
                    .contains("auth.jwt." + key + " is no URI: Illegal character")
                    .doesNotContain(SECRET));
  }

  /** OpenID Connect Discovery 1.0, section 3: no query and no fragment. */
  @ParameterizedTest
  @ValueSource(strings = {"https://login.example?tenant=1", "https://login.example/a#b"})
  void anIssuerHasNoQueryAndNoFragment(String address) throws Exception {
    assertThat(file.problems(yaml(address, "")))
        .singleElement()
        .satisfies(p -> says(p, 3, "auth.jwt.issuer must have no query and no fragment"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
  void everyAsymmetricAlgorithmMayBeNamed(String algorithm) throws Exception {
    assertThat(jwt("algorithms: [" + algorithm + "]").algorithms()).containsExactly(algorithm);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "HS256", "HS512", "rs256", "ES256K", "EdDSA", "dir", ""})
  void anyOtherAlgorithmIsRefused(String algorithm) throws Exception {
    assertThat(
            file.problems(
                yaml("https://login.example", "algorithms: [RS256, \"" + algorithm + "\"]")))
        .singleElement()
        .satisfies(
            p ->
                says(
                    p,
                    6,
                    "auth.jwt.algorithms[1] must be one of RS256, RS384, RS512, PS256, PS384,"
                        + " PS512, ES256, ES384, ES512, not "
                        + algorithm));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "algorithms: []           | auth.jwt.algorithms is empty",
        "algorithms: RS256        | auth.jwt.algorithms must be a list",
        "algorithms: [[RS256]]    | auth.jwt.algorithms[0] must be a single value",
        "clockTolerance: 301s     | auth.jwt.clockTolerance must be at most 5m, not 301s",
        "clockTolerance: 168h     | auth.jwt.clockTolerance must be at most 5m, not 168h",
        "clockTolerance: 500ms    | auth.jwt.clockTolerance must be whole seconds, not 500ms",
        "clockTolerance: 1500ms   | auth.jwt.clockTolerance must be whole seconds, not 1500ms",
        "subjectClaim: ''         | auth.jwt.subjectClaim is empty",
        "subjectClaim: ' '        | auth.jwt.subjectClaim is empty",
        "subjectClaim: [sub]      | auth.jwt.subjectClaim must be a single value",
        "jwksUri: ''              | auth.jwt.jwksUri is empty",
        "caFile: ''               | auth.jwt.caFile is empty",
        "jwksUri:                 | auth.jwt.jwksUri must be a single value",
        "issuer: https://x        | auth.jwt.issuer is there twice",
        "caFile: none.pem         | none.pem does not exist, or may not be read",
      })
  void aValueOfAnIssuerThatCanNotBeIsOneProblemInItsLine(String line, String problem)
      throws Exception {
    assertThat(file.problems(yaml("https://login.example", line)))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("line 6: ").endsWith(problem));
  }

  @ParameterizedTest
  @CsvSource({"1s, 1", "2000ms, 2", "300s, 300", "5m, 300"})
  void aToleranceIsWholeSecondsUpToFiveMinutes(String text, long seconds) throws Exception {
    assertThat(jwt("clockTolerance: " + text).clockTolerance())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "0s", "-1s", "1.5s", "30 s", "169h"})
  void aToleranceThatIsNoDurationIsRefused(String text) throws Exception {
    assertThat(file.problems(yaml("https://login.example", "clockTolerance: " + text)))
        .singleElement()
        .satisfies(
            p ->
                assertThat(p)
                    .contains("line 6: auth.jwt.clockTolerance must be a duration")
                    .endsWith("not " + text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "audience", "rolesClaim"})
  void anEmptyTextIsAsGoodAsNone(String key) throws Exception {
    for (String text : List.of("", " ")) {
      String yaml =
          yaml("https://login.example", "").replaceFirst(key + ": .*", key + ": \"" + text + "\"");

      assertThat(file.problems(yaml))
          .singleElement()
          .satisfies(p -> assertThat(p).endsWith(": auth.jwt." + key + " is empty"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "audience", "rolesClaim"})
  void whatIsNoTextIsOneProblem(String key) throws Exception {
    String yaml = yaml("https://login.example", "").replaceFirst(key + ": .*", key + ": [a]");

    assertThat(file.problems(yaml))
        .singleElement()
        .satisfies(p -> assertThat(p).endsWith(": auth.jwt." + key + " must be a single value"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth: {tokens: ''}                | auth.tokens is empty",
        "audit: {file: ''}                 | audit.file is empty",
        "audit: {file: \"a\\0b\"}          | audit.file is no path: Nul character not allowed",
        "audit: {fileBytes: 65535}         | audit.fileBytes must be from 65536 to 999999999, not"
            + " 65535",
        "audit: {fileBytes: 1000000000}    | audit.fileBytes must be from 65536 to 999999999, not"
            + " 1000000000",
        "audit: {fileBytes: 16MiB}         | audit.fileBytes must be from 65536 to 999999999, not"
            + " 16MiB",
        "audit: {files: 1}                 | audit.files must be from 2 to 1000, not 1",
        "audit: {files: 1001}              | audit.files must be from 2 to 1000, not 1001",
        "audit: calls.log                  | audit must be a mapping of keys to values",
      })
  void aFileOrSizeThatCanNotBeIsOneProblemInItsLine(String yaml, String problem) throws Exception {
    assertThat(file.problems("listen: 127.0.0.1:0\n" + yaml))
        .singleElement()
        .satisfies(p -> says(p, 2, problem));
  }

  @Test
  void theLargestAuditLogMayBeSet() throws Exception {
    assertThat(access("audit: {fileBytes: 999999999, files: 1000}").audit())
        .isEqualTo(new AuditSettings(null, 999_999_999, 1000));
  }

  private AccessSettings access(String yaml) throws Exception {
    return file.read(yaml).access();
  }

  private JwtSettings jwt(String line) throws Exception {
    return jwtOf("https://login.example", line);
  }

  private JwtSettings jwtOf(String issuer, String line) throws Exception {
    return Objects.requireNonNull(access(yaml(issuer, line)).jwt());
  }

  /** An issuer with what it needs, and one more line, the sixth. */
  private static String yaml(String issuer, String line) {
    return """
        auth:
          jwt:
            issuer: "%s"
            audience: a
            rolesClaim: roles
            %s
        """
        .formatted(issuer, line);
  }
}
