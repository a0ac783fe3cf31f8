package io.managedredis.client.sdk;

import static io.managedredis.client.sdk.ScriptedServer.broken;
import static io.managedredis.client.sdk.ScriptedServer.error;
import static io.managedredis.client.sdk.ScriptedServer.hangUp;
import static io.managedredis.client.sdk.ScriptedServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again, when, and for how long. */
class RetriesTest {

  private static final ScriptedServer.Answer BACKUP = json(200, "{\"id\":\"c:s\"}");
  private static final ScriptedServer.Answer STARTED = json(200, "{\"id\":\"o\",\"done\":false}");

  private final ManualTime time = new ManualTime();

  @ParameterizedTest
  @CsvSource({"429, 8", "502, 14", "503, 14", "504, 4"})
  void whatMayGoWellLaterIsTriedAgain(int status, int code) throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(status, code, "later"), BACKUP)) {
      assertThat(client(server).getBackup("c:s").getId()).isEqualTo("c:s");

      assertThat(server.seen()).hasSize(2);
      assertThat(time.pauses()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, 3", "401, 16", "403, 7", "404, 5", "406, 3", "409, 10", "416, 11", "500, 13", "501, 12"
  })
  void whatWouldFailAgainIsNotTriedAgain(int status, int code) throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(status, code, "no"), BACKUP)) {
      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> client(server).getBackup("c:s"));

      assertThat(server.seen()).hasSize(1);
    }
  }

  /** Silence, as what breaks off at once may overtake its own status inside the JDK's client. */
  @ParameterizedTest
  @ValueSource(strings = {"", "{\"code\": 5, \"mess"})
  void anErrorWhoseBodyNeverEndsIsTheOneOfItsHttpStatusAndNotTriedAgain(String begun)
      throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            broken(404, begun.getBytes(UTF_8), 100, "x-request-id", "r").andSilence(), BACKUP)) {
      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> impatient(server, 2).getBackup("c:s"))
          .withCauseInstanceOf(HttpTimeoutException.class)
          .satisfies(
              e -> {
                assertThat(e.httpStatus()).hasValue(404);
                assertThat(e.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
                assertThat(e.requestId()).contains("r");
              });

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void anErrorThatMayGoWellLaterIsTriedAgainWhenItBreaksOffToo() throws Exception {
    try (ScriptedServer server = new ScriptedServer(broken(503, "{".getBytes(UTF_8), 12), BACKUP)) {
      assertThat(client(server).getBackup("c:s").getId()).isEqualTo("c:s");
    }
  }

  @Test
  void aConnectionThatBreaksInTheMiddleOfAnAnswerIsTriedAgain() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(broken(200, "{\"id\"".getBytes(UTF_8), 12), hangUp(), BACKUP)) {
      assertThat(client(server).getBackup("c:s").getId()).isEqualTo("c:s");
    }
  }

  @Test
  void aServerThatIsNotThereIsAnUnavailableOneWhoseCauseSaysWhy() throws Exception {
    ManagedRedis client;
    try (ScriptedServer server = new ScriptedServer(BACKUP)) {
      client = client(server);
    }

    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> client.getBackup("c:s"))
        .withCauseInstanceOf(ConnectException.class)
        .satisfies(
            e -> {
              assertThat(e.httpStatus()).isEmpty();
              assertThat(e.status()).isEmpty();
              assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
              assertThat(e).hasMessageContaining("GET /managed-redis/v1/backups/c%3As");
            });
    assertThat(time.pauses()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"backup", "delete", "verify"})
  void aChangeIsSentAgainWithTheSameKey(String change) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(error(503, 14, "later"), hangUp(), STARTED, STARTED)) {
      change(client(server), change);
      change(client(server), change);

      assertThat(server.seen()).hasSize(4);
      UUID first = UUID.fromString(key(server, 0));
      assertThat(key(server, 1)).isEqualTo(first.toString());
      assertThat(key(server, 2)).isEqualTo(first.toString());
      assertThat(UUID.fromString(key(server, 3))).isNotEqualTo(first);
    }
  }

  private static void change(ManagedRedis client, String change) {
    var started =
        switch (change) {
          case "backup" -> client.backupCluster("c");
          case "delete" -> client.deleteBackup("c:s");
          default -> client.verifyBackup("c:s");
        };
    assertThat(started.getId()).isEqualTo("o");
  }

  private static String key(ScriptedServer server, int request) {
    return Objects.requireNonNull(server.seen().get(request).header("Idempotency-Key"));
  }

  @Test
  void whatIsOnlyReadHasNoKey() throws Exception {
    try (ScriptedServer server = new ScriptedServer(BACKUP)) {
      client(server).getBackup("c:s");

      assertThat(server.seen().get(0).header("Idempotency-Key")).isNull();
    }
  }

  @Test
  void pausesDoubleAndHalfOfEachIsChance() throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(503, 14, "later"))) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> builder(server).attempts(9).build().getBackup("c:s"))
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(8));

      assertThat(server.seen()).hasSize(9);
      for (int i = 0; i < 8; i++) {
        Duration full = Duration.ofMillis(Math.min(10_000, 200L << i));
        assertThat(time.pauses().get(i)).isBetween(full.dividedBy(2), full);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"7 | 7", "0 | 0", "Sun, 22 Nov 2026 03:00:45 GMT | 45"})
  void theServerMayAskForALongerPause(String retryAfter, long seconds) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(error(503, 14, "later", "Retry-After", retryAfter), BACKUP)) {
      client(server).getBackup("c:s");

      Duration own = Duration.ofMillis(200);
      assertThat(time.pauses().get(0))
          .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds).plus(own));
    }
  }

  @Test
  void aPauseThatIsLongerThanTheCallMayTakeIsNotMade() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(error(503, 14, "later", "Retry-After", "120"), BACKUP)) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> client(server).getBackup("c:s"))
          .satisfies(e -> assertThat(e.retryAfter()).contains(Duration.ofMinutes(2)));

      assertThat(server.seen()).hasSize(1);
      assertThat(time.pauses()).isEmpty();
    }
  }

  @Test
  void allTriesTogetherStayInTheTimeOfTheCall() throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(503, 14, "later"))) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(
              () ->
                  builder(server)
                      .attempts(1000)
                      .callTimeout(Duration.ofMinutes(1))
                      .build()
                      .getBackup("c:s"));

      assertThat(time.pauses().stream().reduce(Duration.ZERO, Duration::plus))
          .isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1));
    }
  }

  @Test
  void oneAttemptMeansNoRetry() throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(503, 14, "later"), BACKUP)) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> builder(server).attempts(1).build().getBackup("c:s"));

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() throws Exception {
    try (ScriptedServer server = new ScriptedServer(hangUp().andSilence())) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> impatient(server, 1).getBackup("c:s"))
          .withCauseInstanceOf(HttpTimeoutException.class)
          .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));
    }
  }

  @Test
  void aServerThatStopsInTheMiddleOfAnAnswerIsGivenUp() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(broken(200, "{".getBytes(UTF_8), 12).andSilence())) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> impatient(server, 1).getBackup("c:s"))
          .withCauseInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void anInterruptEndsACallAndTheThreadStaysInterrupted() throws Exception {
    try (ScriptedServer server = new ScriptedServer(hangUp().andSilence())) {
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> client(server).getBackup("c:s"))
          .withCauseInstanceOf(InterruptedException.class)
          .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.CANCELLED));

      assertThat(Thread.interrupted()).isTrue();
    }
  }

  /** By the real clock: only the JDK's client can tell whether time runs out. */
  private static ManagedRedis impatient(ScriptedServer server, int attempts) {
    return ManagedRedis.at(server.url())
        .attempts(attempts)
        .attemptTimeout(Duration.ofSeconds(1))
        .build();
  }

  private ManagedRedis client(ScriptedServer server) {
    return builder(server).build();
  }

  private ManagedRedis.Builder builder(ScriptedServer server) {
    return ManagedRedis.at(server.url()).time(time);
  }
}
