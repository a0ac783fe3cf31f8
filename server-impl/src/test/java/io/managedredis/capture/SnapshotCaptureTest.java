package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.rdb.RdbMagic;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RespClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of real servers. */
class SnapshotCaptureTest {
  private final SnapshotClient client = new SnapshotClient(Deadlines.defaults());

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aSecondServerLoadsTheSameData(String diskless) throws Exception {
    try (RedisProcess redis = server(diskless).start()) {
      redis.fill(2000, 1000);
      redis.command("HSET", "hash", "field", "value");
      redis.command("XADD", "stream", "*", "field", "value");
      redis.command("SET", "volatile", "value", "EX", "3600");
      Path dump = directory.resolve("dump.rdb");
      Snapshot snapshot = capture(source(redis), dump);
      assertThat(snapshot.checksum()).isEqualTo(Checksum.PROVEN);
      assertThat(snapshot.bytes()).isEqualTo(Files.size(dump));
      try (RedisProcess copy = RedisProcess.builder().dump(dump).start()) {
        assertThat(copy.size()).isEqualTo(2003);
        assertThat(copy.digest()).isEqualTo(redis.digest());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void anEmptyServerHasASnapshotToo(String diskless) throws Exception {
    try (RedisProcess redis = server(diskless).start()) {
      Path dump = directory.resolve("dump.rdb");
      capture(source(redis), dump);
      try (RedisProcess copy = RedisProcess.builder().dump(dump).start()) {
        assertThat(copy.size()).isZero();
      }
    }
  }

  @Test
  void saysWhichPointOfWhichHistoryItIs() throws Exception {
    try (RedisProcess redis = server("yes").start();
        RedisProcess replica = RedisProcess.builder().replicaOf(redis).start()) {
      Awaitility.await().until(() -> replica.info("master_link_status").equals("up"));
      redis.fill(10, 10);
      long before = Long.parseLong(redis.info("master_repl_offset"));
      Snapshot snapshot = capture(source(redis), directory.resolve("dump.rdb"));
      assertThat(snapshot.replicationId()).isEqualTo(redis.info("master_replid"));
      assertThat(snapshot.replicationOffset())
          .isBetween(before, Long.parseLong(redis.info("master_repl_offset")));
    }
  }

  @Test
  void aReplicaGivesItsMastersHistory() throws Exception {
    try (RedisProcess redis = server("yes").start();
        RedisProcess replica = server("yes").replicaOf(redis).start()) {
      redis.fill(100, 100);
      Awaitility.await().until(() -> replica.size() == 100);
      Snapshot snapshot = capture(source(replica), directory.resolve("dump.rdb"));
      assertThat(snapshot.replicationId()).isEqualTo(redis.info("master_replid"));
    }
  }

  @Test
  void theInstantsAreInOrderAndHoldMicroseconds() throws Exception {
    try (RedisProcess redis = server("no").start()) {
      Snapshot snapshot = capture(source(redis), directory.resolve("dump.rdb"));
      assertThat(snapshot.pointAt()).isBetween(snapshot.requestedAt(), snapshot.firstByteAt());
      assertThat(snapshot.completedAt())
          .isAfterOrEqualTo(snapshot.firstByteAt())
          .isEqualTo(snapshot.completedAt().truncatedTo(ChronoUnit.MICROS));
      assertThat(snapshot.magic()).isEqualTo(new RdbMagic(RdbMagic.Family.REDIS, 9, "REDIS0009"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aServerWithoutChecksumsGivesASnapshotThatIsNotProven(String diskless) throws Exception {
    try (RedisProcess redis = server(diskless).setting("rdbchecksum", "no").start()) {
      redis.fill(100, 1000);
      Path dump = directory.resolve("dump.rdb");
      Snapshot snapshot = capture(source(redis), dump);
      assertThat(snapshot.checksum()).isEqualTo(Checksum.ABSENT);
      try (RedisProcess copy = RedisProcess.builder().dump(dump).start()) {
        assertThat(copy.digest()).isEqualTo(redis.digest());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aValueMayContainTheServersOwnMark(String checksums) throws Exception {
    try (RedisProcess redis = server("yes").setting("rdbchecksum", checksums).start()) {
      String mark = markOf(redis);
      redis.command("CONFIG", "SET", "rdbcompression", "no");
      redis.command("SET", "mark", mark);
      redis.command("SET", "marks", mark.repeat(50));
      redis.commandBytes(latin1("SET"), latin1("zero"), latin1("\u00ff\0\0\0\0\0\0\0\0" + mark));
      redis.fill(100, 1000);
      Path dump = directory.resolve("dump.rdb");
      capture(source(redis), dump);
      assertThat(Files.readString(dump, StandardCharsets.ISO_8859_1)).contains(mark + mark);
      try (RedisProcess copy = RedisProcess.builder().dump(dump).start()) {
        assertThat(copy.digest()).isEqualTo(redis.digest());
      }
    }
  }

  @Test
  void theRightPasswordLetsIn() throws Exception {
    try (RedisProcess redis = server("yes").password("secret").start()) {
      Snapshot snapshot = capture(source(redis, null, "secret"), directory.resolve("dump.rdb"));
      assertThat(snapshot.checksum()).isEqualTo(Checksum.PROVEN);
    }
  }

  @Test
  void aWrongPasswordIsNotShown() {
    try (RedisProcess redis = server("yes").password("secret").start()) {
      CaptureException e = failure(source(redis, null, "hunter2"));
      assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(e).hasMessageContaining(redis.address()).hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void aPasswordThatIsRenamedAwayIsNotShown() {
    try (RedisProcess redis = server("yes").setting("rename-command", "AUTH \"\"").start()) {
      CaptureException e = failure(source(redis, null, "hunter2"));
      assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(e).hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void aMissingPasswordIsAskedFor() {
    try (RedisProcess redis = server("yes").password("secret").start()) {
      CaptureException e = failure(source(redis));
      assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(e).hasMessageContaining("asks for a password");
    }
  }

  @Test
  void aPasswordThatTheServerDoesNotHaveIsSaidToBeTooMuch() {
    try (RedisProcess redis = server("yes").start()) {
      CaptureException e = failure(source(redis, null, "hunter2"));
      assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(e).hasMessageContaining("the server has no password");
    }
  }

  @Test
  void aUserWithTheMinimalRightsGetsASnapshot() throws Exception {
    try (RedisProcess redis = server("yes").start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync", "+replconf");
      Snapshot snapshot = capture(source(redis, "backup", "pw"), directory.resolve("dump.rdb"));
      assertThat(snapshot.checksum()).isEqualTo(Checksum.PROVEN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"+psync", "+replconf"})
  void aUserWithHalfTheRightsIsToldWhatIsMissing(String right) {
    try (RedisProcess redis = server("yes").start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", right);
      CaptureException e = failure(source(redis, "backup", "pw"));
      assertThat(e.reason()).isEqualTo(Reason.DENIED);
      assertThat(e).hasMessageContaining("+psync +replconf");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PSYNC", "REPLCONF"})
  void aServerWithoutTheCommandIsUnsupported(String command) {
    try (RedisProcess redis = server("yes").setting("rename-command", command + " \"\"").start()) {
      CaptureException e = failure(source(redis));
      assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED);
      assertThat(e).hasMessageContaining(command);
    }
  }

  @Test
  void aReplicaWithoutItsMasterIsNotReady() {
    try (RedisProcess master = server("yes").start();
        RedisProcess replica = server("yes").replicaOf(master).start()) {
      Awaitility.await().until(() -> replica.info("master_link_status").equals("up"));
      master.kill();
      Awaitility.await().until(() -> replica.info("master_link_status").equals("down"));
      CaptureException e = failure(source(replica));
      assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
      assertThat(e.retryable()).isTrue();
    }
  }

  @Test
  void theSinksExceptionPassesThroughAndTheServerLosesTheReader() {
    try (RedisProcess redis = server("yes").start()) {
      redis.fill(5000, 1000);
      IOException full = new IOException("disk full");
      IOException thrown =
          catchThrowableOfType(
              IOException.class,
              () ->
                  client.capture(
                      source(redis),
                      (bytes, offset, length) -> {
                        throw full;
                      },
                      new Cancellation()));
      assertThat(thrown).isSameAs(full);
      Awaitility.await().until(() -> redis.info("connected_slaves").equals("0"));
    }
  }

  @Test
  void nobodyListeningIsUnreachable() {
    int port;
    try (RedisProcess redis = RedisProcess.start()) {
      port = redis.port();
    }
    CaptureException e = failure(new Source("127.0.0.1", port, null, null, null));
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e.node()).isEqualTo("127.0.0.1:" + port);
  }

  @Test
  void anUnknownHostIsUnreachable() {
    CaptureException e = failure(new Source("no-such-host.invalid", 6379, null, null, null));
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
  }

  private static RedisProcess.Builder server(String diskless) {
    return RedisProcess.builder()
        .setting("repl-diskless-sync", diskless)
        .setting("repl-diskless-sync-delay", "0");
  }

  private static Source source(RedisProcess redis) {
    return source(redis, null, null);
  }

  private static Source source(
      RedisProcess redis, @Nullable String username, @Nullable String password) {
    return new Source("127.0.0.1", redis.port(), username, password, null);
  }

  private Snapshot capture(Source source, Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      return client.capture(source, out::write, new Cancellation());
    }
  }

  private CaptureException failure(Source source) {
    return catchThrowableOfType(
        CaptureException.class,
        () -> client.capture(source, new ByteArrayOutputStream()::write, new Cancellation()));
  }

  private static String markOf(RedisProcess redis) throws IOException {
    try (RespClient raw = new RespClient("127.0.0.1", redis.port(), 30_000)) {
      raw.call("REPLCONF", "capa", "eof");
      raw.call("REPLCONF", "rdb-only", "1");
      raw.send(latin1("PSYNC"), latin1("?"), latin1("-1"));
      String line = raw.receiveLine();
      while (!line.startsWith("$EOF:")) {
        line = raw.receiveLine();
      }
      return line.substring("$EOF:".length());
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
