package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.ScriptedServer;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void aUserWithTheMinimalRightsPasses() {
    try (RedisProcess redis = RedisProcess.start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync", "+replconf");
      assertThatCode(
              () -> client.preflight(source(redis.port(), "backup", "pw"), new Cancellation()))
          .doesNotThrowAnyException();
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

  /** As Redis 7.0 answers. */
  @ParameterizedTest
  @CsvSource({
    "'$69\\r\\nUser backup has no permissions to run the ''psync'' command......\\r\\n', DENIED",
    "'-ERR Command ''psync'' not found\\r\\n', UNSUPPORTED"
  })
  void theServersVerdictOnPsyncCounts(String verdict, Reason reason) {
    try (ScriptedServer server =
        ScriptedServer.script()
            .answer("+OK\r\n")
            .answer("+OK\r\n")
            .answer(verdict.replace("\\r\\n", "\r\n"))
            .start()) {
      CaptureException e = failure(source(server.port(), "backup", "pw"));
      assertThat(e.reason()).isEqualTo(reason);
      assertThat(e).hasMessageContaining("PSYNC");
      assertThat(server.received())
          .endsWith(List.of("ACL", "DRYRUN", "backup", "psync", "?", "-1"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "+OK",
    "-ERR unknown command `ACL`",
    "-NOPERM this user has no permissions to run the 'acl|dryrun' command",
    "-ERR Unknown subcommand or wrong number of arguments for 'DRYRUN'. Try ACL HELP."
  })
  void aServerThatDoesNotSayPasses(String answer) {
    try (ScriptedServer server =
        ScriptedServer.script()
            .answer("-ERR Unrecognized REPLCONF option: capa\r\n")
            .answer(answer + "\r\n")
            .start()) {
      assertThatCode(() -> client.preflight(source(server.port(), null, null), new Cancellation()))
          .doesNotThrowAnyException();
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
