package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.Grant;
import io.managedredis.access.Role;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on record of real calls, and what happens when nothing can. */
class CallRecordsTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String BACKUP = V1 + "/clusters/c9qown:backup";

  private final ObjectMapper json = new ObjectMapper();
  private final RedisProcess redis = RedisProcess.start();
  private final Path folder;
  private final Path audit;
  private final RunningService service;
  private final String editor;
  private final String viewer;
  private final String all;

  CallRecordsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    audit = Files.createDirectory(folder.resolve("records")).resolve("audit.log");
    Tokens tokens = new Tokens(folder);
    editor = tokens.bearer("ed \"itor\" {", Role.EDITOR, "own");
    all = tokens.bearer("all", Role.VIEWER, Grant.ANY_FOLDER);
    viewer = tokens.bearer("viewer", Role.VIEWER, "own");
    service =
        RunningService.in(folder)
            .cluster("c9qown", "own", redis.address())
            .cluster("c9qother", "other", redis.address())
            .setting("auth", tokens.setting())
            .setting("audit", "{file: \"" + audit + "\"}")
            .start();
  }

  @AfterEach
  void end() {
    service.close();
    redis.close();
  }

  @Test
  void aChangeIsOnRecordWithWhoWhatWhereAndHowItEnded() throws IOException {
    Instant before = Instant.now();
    HttpResponse<String> answer = send("POST", BACKUP, editor);
    JsonNode line = lines().get(0);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Instant.parse(line.path("instant").asText()))
        .isBetween(before.minusMillis(1), Instant.now());
    assertThat(line.path("subject").asText()).isEqualTo("ed \"itor\" {");
    assertThat(line.path("action").asText()).isEqualTo("backupCluster");
    assertThat(line.path("resource").asText()).isEqualTo("c9qown");
    assertThat(line.path("folder").asText()).isEqualTo("own");
    assertThat(line.path("outcome").asText()).isEqualTo("ACCEPTED");
    assertThat(line.path("code").asInt()).isZero();
    assertThat(line.path("operation").asText())
        .isEqualTo(json.readTree(answer.body()).path("id").asText());
    assertThat(line.path("requestId").asText())
        .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
    assertThat(line.path("address").asText()).isEqualTo("127.0.0.1");
    assertThat(lines()).hasSize(1);
  }

  @Test
  void whatOnlyReadsIsNotOnRecord() throws IOException {
    assertThat(send("GET", V1 + "/backups?folderId=own", viewer).statusCode()).isEqualTo(200);
    assertThat(send("GET", V1 + "/clusters/c9qown", viewer).statusCode()).isEqualTo(200);
    assertThat(send("GET", V1 + "/clusters/c9qnowhere", viewer).statusCode()).isEqualTo(404);
    assertThat(lines()).isEmpty();
  }

  @Test
  void whoIsKeptFromSomethingIsOnRecord() throws IOException {
    HttpResponse<String> nobody = send("GET", V1 + "/backups?folderId=own", "Bearer nonsense");
    HttpResponse<String> role = send("POST", BACKUP, viewer);
    HttpResponse<String> elsewhere = send("GET", V1 + "/clusters/c9qother", viewer);
    HttpResponse<String> list = send("GET", V1 + "/backups?folderId=other", viewer);

    assertThat(List.of(nobody, role, elsewhere, list))
        .extracting(HttpResponse::statusCode)
        .containsExactly(401, 403, 404, 200);
    assertThat(lines(4))
        .extracting(
            line -> line.path("subject").asText(),
            line -> line.path("action").asText(),
            line -> line.path("folder").asText(),
            line -> line.path("outcome").asText(),
            line -> line.path("code").asInt())
        .containsExactly(
            tuple("", "GET", "", "DENIED", 16),
            tuple("viewer", "backupCluster", "own", "DENIED", 7),
            tuple("viewer", "getCluster", "other", "DENIED", 5),
            tuple("viewer", "listBackups", "other", "DENIED", 0));
    assertThat(Files.readString(audit)).doesNotContain("nonsense");
  }

  @Test
  void aChangeThatFailsIsOnRecordAsFailed() throws IOException {
    assertThat(send("DELETE", V1 + "/backups/c9qown:20260101T000000-aaaaaaaa", editor).statusCode())
        .isEqualTo(404);

    assertThat(lines().get(0).path("outcome").asText()).isEqualTo("FAILED");
    assertThat(lines().get(0).path("code").asInt()).isEqualTo(5);
  }

  @Test
  void whatCanNotGoOnRecordIsNotDoneAndWhatReadsGoesOn() throws IOException {
    Path away = folder.resolve("away");
    Files.move(audit.getParent(), away);

    HttpResponse<String> refused = send("POST", BACKUP, editor);

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json.readTree(refused.body()).path("code").asInt()).isEqualTo(14);
    assertThat(send("GET", V1 + "/clusters/c9qown/operations", editor).body())
        .contains("\"operations\":[]");

    assertThat(broken()).isEqualTo("1.0");

    Files.move(away, audit.getParent());
    assertThat(send("POST", BACKUP, editor).statusCode()).isEqualTo(200);
    assertThat(broken()).isEqualTo("0.0");
  }

  private String broken() {
    return send("GET", "/metrics", all)
        .body()
        .replaceFirst("(?s).*\\nmanaged_redis_audit_log_broken ([0-9.]+)\\n.*", "$1");
  }

  private HttpResponse<String> send(String method, String target, String authorization) {
    return service.sendBroken(method, target, "Authorization", authorization);
  }

  /** A denial is on record a moment after its answer. */
  private List<JsonNode> lines(int expected) {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(this::lines, lines -> lines.size() >= expected);
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(audit)) {
      lines.add(json.readTree(line));
    }
    return lines;
  }
}
