package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jwt.JWTClaimsSet;
import io.managedredis.access.Issuer;
import io.managedredis.access.Role;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The tokens of an OpenID Connect issuer at a service that has a file of tokens as well. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuerTokensTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String OWN = V1 + "/clusters/c9qown";
  private static final String OTHER = V1 + "/clusters/c9qother";
  private static final String BACKUP = OWN + ":backup";

  private final ObjectMapper json = new ObjectMapper();
  private final RedisProcess redis = RedisProcess.start();
  private final Issuer issuer = new Issuer();
  private final Path audit;
  private final RunningService service;
  private final String ofTheFile;

  IssuerTokensTest(@TempDir Path folder) throws IOException {
    Tokens tokens = new Tokens(folder);
    ofTheFile = tokens.bearer("an editor of the file", Role.EDITOR, "own");
    audit = folder.resolve("data").resolve("audit.log");
    service =
        RunningService.in(folder)
            .cluster("c9qown", "own", redis.address())
            .cluster("c9qother", "other", redis.address())
            .setting("auth", auth(tokens, issuer))
            .start();
    // It is not waited for the issuer's keys when the service starts.
    String viewer = bearer("alice", "viewer:own");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .until(() -> send("GET", OWN, viewer).statusCode() == 200);
  }

  @AfterAll
  void end() {
    service.close();
    issuer.close();
    redis.close();
  }

  @Test
  void aViewerReadsTheirFolder() throws IOException {
    String viewer = bearer("alice", "viewer:own");

    assertThat(json.readTree(send("GET", OWN, viewer).body()).path("id").asText())
        .isEqualTo("c9qown");
    assertThat(send("GET", V1 + "/clusters?folderId=own", viewer).body()).contains("c9qown");
  }

  @Test
  void aViewerChangesNothing() {
    assertThat(send("POST", BACKUP, bearer("alice", "viewer:own")).statusCode()).isEqualTo(403);
  }

  @Test
  void elsewhereIsNothingForAViewer() {
    String viewer = bearer("alice", "viewer:own");

    assertThat(send("GET", OTHER, viewer).statusCode()).isEqualTo(404);
    assertThat(send("POST", OTHER + ":backup", viewer).statusCode()).isEqualTo(404);
    assertThat(send("GET", V1 + "/clusters?folderId=other", viewer).body())
        .doesNotContain("c9qother");
  }

  @Test
  void whoTheIssuerGivesNoRoleSeesNothing() {
    assertThat(send("GET", OWN, bearer("mallory")).statusCode()).isEqualTo(404);
  }

  @Test
  void anOperationIsCreatedByTheSubjectOfTheToken() throws IOException {
    String editor = bearer("248289761001", "editor:own");

    JsonNode operation = json.readTree(send("POST", BACKUP, editor).body());

    awaitDone(operation, editor);
    assertThat(operation.path("createdBy").asText()).isEqualTo("248289761001");
  }

  @Test
  void aTokenOfTheFileIsTakenBesideThem() throws IOException {
    JsonNode operation = json.readTree(send("POST", BACKUP, ofTheFile).body());

    awaitDone(operation, ofTheFile);
    assertThat(operation.path("createdBy").asText()).isEqualTo("an editor of the file");
    assertThat(send("GET", OTHER, ofTheFile).statusCode()).isEqualTo(404);
  }

  @Test
  void anExpiredTokenIsRefusedLikeNone() {
    assertRefusedLikeNone(send("GET", OWN, expired()));
  }

  /** All issuers of these tests have the same key. */
  @Test
  void aTokenOfAnotherIssuerIsRefusedLikeNone() throws IOException {
    try (Issuer other = new Issuer()) {
      String token = bearer(other, claims(other, "alice", "viewer:own"));

      assertRefusedLikeNone(send("GET", OWN, token));
    }
  }

  @Test
  void aTokenThatIsNotInTheFileIsRefusedLikeNone() {
    assertRefusedLikeNone(send("GET", OWN, "Bearer mrb_0123456789ab_" + "0".repeat(64)));
  }

  @Test
  void aTokenOfAnIssuerThatIsDownAtTheStartIsRefusedLikeNone(@TempDir Path folder)
      throws IOException {
    Tokens tokens = new Tokens(folder);
    String known = tokens.bearer("a viewer of the file", Role.VIEWER, "own");
    try (Issuer down = new Issuer()) {
      down.goesDown();
      String token = bearer(down, claims(down, "alice", "viewer:own"));
      try (RunningService started =
          RunningService.in(folder)
              .cluster("c9qown", "own", redis.address())
              .setting("auth", auth(tokens, down))
              .start()) {
        assertRefusedLikeNone(started.sendBroken("GET", OWN, "Authorization", token));
        assertThat(started.send("GET", OWN, "Authorization", known).statusCode()).isEqualTo(200);
      }
    }
  }

  private void assertRefusedLikeNone(HttpResponse<String> answer) {
    HttpResponse<String> without = service.sendBroken("GET", OWN);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().allValues("WWW-Authenticate"))
        .containsExactly("Bearer realm=\"managed-redis\"");
    assertThat(answer.body().replace(requestId(answer), "REQUEST"))
        .contains("REQUEST")
        .isEqualTo(without.body().replace(requestId(without), "REQUEST"));
    assertThat(answer.headers().map().keySet()).isEqualTo(without.headers().map().keySet());
  }

  @Test
  void aTokenIsNeverOnRecord() throws IOException {
    String denied = bearer("recorded", "viewer:own");
    String taken = bearer("recorded", "editor:own");
    String expired = expired();

    assertThat(send("POST", BACKUP, denied).statusCode()).isEqualTo(403);
    HttpResponse<String> started = send("POST", BACKUP, taken);
    HttpResponse<String> refused = send("GET", OWN, expired);

    awaitDone(json.readTree(started.body()), taken);
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .untilAsserted(
            () ->
                assertThat(audit)
                    .content()
                    .contains(requestId(started), requestId(refused), "\"subject\":\"recorded\""));
    for (String token : List.of(denied, taken, expired)) {
      for (String part : token.substring("Bearer ".length()).split("\\.", -1)) {
        assertThat(audit).content().doesNotContain(part);
      }
    }
  }

  private static String auth(Tokens tokens, Issuer issuer) {
    return "{tokens: \"%s\", jwt: {issuer: \"%s\", audience: %s, rolesClaim: roles}}"
        .formatted(tokens.file(), issuer.name(), Issuer.AUDIENCE);
  }

  private String bearer(String subject, String... roles) {
    return bearer(issuer, claims(issuer, subject, roles));
  }

  private String expired() {
    JWTClaimsSet.Builder claims = claims(issuer, "alice", "viewer:own");
    return bearer(issuer, claims.expirationTime(Date.from(Instant.now().minusSeconds(60))));
  }

  private static String bearer(Issuer issuer, JWTClaimsSet.Builder claims) {
    return "Bearer " + issuer.token(claims);
  }

  private static JWTClaimsSet.Builder claims(Issuer issuer, String subject, String... roles) {
    return issuer
        .claims()
        .subject(subject)
        .issueTime(Date.from(Instant.now()))
        .expirationTime(Date.from(Instant.now().plusSeconds(300)))
        .claim("roles", List.of(roles));
  }

  private HttpResponse<String> send(String method, String target, String authorization) {
    return service.sendBroken(method, target, "Authorization", authorization);
  }

  private void awaitDone(JsonNode operation, String authorization) {
    String target = "/operations/" + operation.path("id").asText();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .until(
            () ->
                json.readTree(send("GET", target, authorization).body()).path("done").asBoolean());
  }

  private static String requestId(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Request-Id").orElseThrow();
  }
}
