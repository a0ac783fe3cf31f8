package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.ScriptedServer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PreflightTest {
  private final SnapshotClient client = new SnapshotClient(Deadlines.defaults());

  @Test
  void aServerThatWouldGiveASnapshotPasses() {
    try (RedisProcess redis = RedisProcess.start()) {
      assertThatCode(() -> client.preflight(source(redis.port(), null, null), new Cancellation()))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aUserWithTheMinimalRightsPassesAndNoDenialIsLogged() {
    try (RedisProcess redis = RedisProcess.start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync", "+replconf");
      assertThatCode(
              () -> client.preflight(source(redis.port(), "backup", "pw"), new Cancellation()))
          .doesNotThrowAnyException();
      assertThat(redis.command("ACL", "LOG")).isEqualTo(List.of());
    }
  }

  @Test
  void leavesNoTraceOnTheServer() throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      client.preflight(source(redis.port(), null, null), new Cancellation());
      Awaitility.await().until(() -> redis.info("connected_clients").equals("1"));
      assertThat(redis.info("connected_slaves")).isEqualTo("0");
      assertThat(redis.info("total_forks")).isEqualTo("0");
    }
  }

  @Test
  void aWrongPasswordFails() {
    try (RedisProcess redis = RedisProcess.builder().password("secret").start()) {
      assertThat(failure(source(redis.port(), null, "other")).reason())
          .isEqualTo(Reason.AUTHENTICATION);
    }
  }

  @Test
  void aUserWithoutReplconfIsDenied() {
    try (RedisProcess redis = RedisProcess.start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync");
      assertThat(failure(source(redis.port(), "backup", "pw")).reason()).isEqualTo(Reason.DENIED);
    }
  }

  @Test
  void aUserWithoutPsyncIsDenied() {
    try (RedisProcess redis = RedisProcess.start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+replconf");
      CaptureException e = failure(source(redis.port(), "backup", "pw"));
      assertThat(e.reason()).isEqualTo(Reason.DENIED);
      assertThat(e).hasMessageContaining("PSYNC").hasMessageContaining("+psync");
    }
  }

  @Test
  void aServerWhosePsyncIsRenamedAwayIsUnsupported() {
    try (RedisProcess redis = RedisProcess.builder().setting("rename-command PSYNC", "").start()) {
      assertThat(failure(source(redis.port(), null, null)).reason()).isEqualTo(Reason.UNSUPPORTED);
    }
  }

  @Test
  void aReplicaWithoutItsMasterIsNotReady() {
    try (RedisProcess master = RedisProcess.start();
        RedisProcess replica = RedisProcess.builder().replicaOf(master).start()) {
      master.kill();
      Awaitility.await().until(() -> replica.info("master_link_status").equals("down"));
      assertThat(failure(source(replica.port(), null, null)).reason()).isEqualTo(Reason.NOT_READY);
    }
  }

  /** As Redis 7.0 and 8.0 and Valkey 9.1 answer, and as any server does whose network is odd. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-ERR SYNC and PSYNC are invalid with pending output\r\n",
        "+FULLRESYNC 0123456789abcdef0123456789abcdef01234567 0\r\n",
        "+CONTINUE\r\n",
        "\n"
      })
  void anAnswerThatGrantsPsyncPassesAndTheLinkIsClosed(String answer) {
    try (ScriptedServer server = ScriptedServer.script().answer("+OK\r\n").answer(answer).start()) {
      assertThatCode(() -> client.preflight(source(server.port(), null, null), new Cancellation()))
          .doesNotThrowAnyException();
      assertThat(server.received())
          .containsExactly(List.of("REPLCONF", "capa", "eof"), List.of("PSYNC", "?", "-1"));
      Awaitility.await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void aServerThatDoesNotKnowTheOptionPasses() {
    try (ScriptedServer server =
        ScriptedServer.script()
            .answer("-ERR Unrecognized REPLCONF option: capa\r\n")
            .answer("-ERR SYNC and PSYNC are invalid with pending output\r\n")
            .start()) {
      assertThatCode(() -> client.preflight(source(server.port(), null, null), new Cancellation()))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'-NOPERM User backup has no permissions to run the ''psync'' command', DENIED",
    "'-ERR unknown command ''PSYNC'', with args beginning with: ''?'' ''-1'' ', UNSUPPORTED",
    "-LOADING Redis is loading the dataset in memory, NOT_READY",
    "-ERR something else, PROTOCOL",
    "+OK, PROTOCOL",
  })
  void anyOtherAnswerIsTheReasonForAFailure(String answer, Reason reason) {
    try (ScriptedServer server =
        ScriptedServer.script().answer("+OK\r\n").answer(answer + "\r\n").start()) {
      CaptureException e = failure(source(server.port(), null, null));
      assertThat(e.reason()).isEqualTo(reason);
      assertThat(e).hasMessageContaining("PSYNC");
    }
  }

  @Test
  void aServerThatDoesNotAnswerPsyncHasStalled() {
    Duration other = Duration.ofSeconds(50);
    SnapshotClient hasty =
        new SnapshotClient(new Deadlines(other, Duration.ofMillis(300), other, other, other));
    try (ScriptedServer server = ScriptedServer.script().answer("+OK\r\n").start()) {
      CaptureException e =
          catchThrowableOfType(
              CaptureException.class,
              () -> hasty.preflight(source(server.port(), null, null), new Cancellation()));
      assertThat(e.reason()).isEqualTo(Reason.STALLED);
    }
  }

  private static Source source(int port, @Nullable String username, @Nullable String password) {
    return new Source("127.0.0.1", port, username, password, null);
  }

  private CaptureException failure(Source source) {
    return catchThrowableOfType(
        CaptureException.class, () -> client.preflight(source, new Cancellation()));
  }
}
