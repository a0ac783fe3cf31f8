package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.RunningService;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A character is one, however many of Java's it takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CharacterCountTest {

  private final RunningService service;

  CharacterCountTest(@TempDir Path folder) {
    service = RunningService.in(folder).start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  @Test
  void asManyCharactersAsTheLimitSaysAreTaken() {
    assertThat(listIn("😀".repeat(50)).statusCode()).isEqualTo(200);
  }

  @Test
  void oneMoreIsRefusedAndCountedRightly() {
    StatusAnswer answer = StatusAnswer.of(listIn("😀".repeat(51)));

    assertThat(answer.httpStatus()).isEqualTo(400);
    assertThat(answer.message()).isEqualTo("folderId must have 1 to 50 characters, not 51");
  }

  private HttpResponse<String> listIn(String folder) {
    return service.sendBroken(
        "GET",
        "/managed-redis/v1/backups?folderId=" + URLEncoder.encode(folder, StandardCharsets.UTF_8));
  }
}
