package io.managedredis.capture;

import static io.managedredis.capture.TestRdb.MARK;
import static io.managedredis.capture.TestRdb.join;
import static io.managedredis.capture.TestRdb.latin1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that say something else than they should. */
@Timeout(60)
class RefusedSnapshotTest {
  private static final String HISTORY = "0123456789".repeat(4);
  private static final String FFFF = "ffffffffffffffffffffffffffffffffffffffff";
  private static final String POINT = "+FULLRESYNC " + HISTORY + " 42\r\n";
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(50);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void announcesEachOptionAloneAndNothingElse() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(100));
    try (ScriptedServer server =
        ScriptedServer.script()
            .answer("+OK\r\n")
            .answer("+OK\r\n")
            .answer("+OK\r\n")
            .answer("+OK\r\n")
            .answer("-ERR Unrecognized REPLCONF option: version\r\n")
            .answer(join(latin1(POINT + "$EOF:" + MARK + "\r\n"), file, latin1(MARK)))
            .start()) {
      client(LONG, LONG, LONG, LONG)
          .capture(
              new Source("127.0.0.1", server.port(), "backup", "pw", null),
              out::write,
              new Cancellation());
      assertThat(server.received())
          .containsExactly(
              List.of("AUTH", "backup", "pw"),
              List.of("REPLCONF", "listening-port", "65536"),
              List.of("REPLCONF", "capa", "eof"),
              List.of("REPLCONF", "rdb-only", "1"),
              List.of("REPLCONF", "version", "255.255.255"),
              List.of("PSYNC", "?", "-1"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000})
  void keepAlivesAreSkippedBeforeAndAfterThePoint(int chunk) throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(100));
    byte[] sent =
        join(latin1("\n\n" + POINT + "\n\n\n$" + file.length + "\r\n"), file, latin1("*1\r\n"));
    try (ScriptedServer server = greeting().answer(sent).inChunksOf(chunk).start()) {
      Snapshot snapshot = capture(server);
      assertThat(snapshot.replicationOffset()).isEqualTo(42);
      assertThat(out.toByteArray()).isEqualTo(file);
    }
  }

  @Test
  void anOldServerThatRefusesEveryOptionGivesItsSnapshot() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(100));
    try (ScriptedServer server =
        ScriptedServer.script()
            .answer("-ERR Unrecognized REPLCONF option: listening-port\r\n")
            .answer("-ERR Unrecognized REPLCONF option: capa\r\n")
            .answer("-ERR Unrecognized REPLCONF option: rdb-only\r\n")
            .answer("-ERR Unrecognized REPLCONF option: version\r\n")
            .answer(join(latin1(POINT + "$" + file.length + "\r\n"), file, latin1("*1\r\n$4\r\n")))
            .start()) {
      capture(server);
      assertThat(out.toByteArray()).isEqualTo(file);
    }
  }

  @Test
  void anOldServerWithoutChecksumsIsUnsupported() {
    byte[] file = TestRdb.withoutChecksum(TestRdb.random(100));
    try (ScriptedServer server =
        ScriptedServer.script()
            .answer("+OK\r\n")
            .answer("+OK\r\n")
            .answer("-ERR Unrecognized REPLCONF option: rdb-only\r\n")
            .answer("-ERR Unrecognized REPLCONF option: version\r\n")
            .answer(join(latin1(POINT + "$EOF:" + MARK + "\r\n"), file, latin1(MARK)))
            .start()) {
      CaptureException e = failure(server);
      assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED);
      assertThat(e).hasMessageContaining("set rdbchecksum to yes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-NOAUTH Authentication required., AUTHENTICATION",
    "-WRONGPASS invalid username-password pair or user is disabled., AUTHENTICATION",
    "-ERR operation not permitted, AUTHENTICATION",
    "-NOPERM this user has no permissions to run the 'psync' command, DENIED",
    "-DENIED Redis is running in protected mode, DENIED",
    "-LOADING Redis is loading the dataset in memory, NOT_READY",
    "-NOMASTERLINK Can't SYNC while not connected with my master, NOT_READY",
    "-ERR max number of clients reached, NOT_READY",
    "'-ERR BGSAVE failed, replication can''t continue', NOT_READY",
    "'-ERR unknown command `PSYNC`, with args beginning with: `?`, `-1`, ', UNSUPPORTED",
    "-ERR unsupported command 'PSYNC', UNSUPPORTED",
    "-ERR command PSYNC is not allowed, UNSUPPORTED",
    "-ERR SYNC and PSYNC are invalid with pending output, PROTOCOL",
    "-, PROTOCOL",
    "+CONTINUE, PROTOCOL",
    "+CONTINUE 0123456789012345678901234567890123456789, PROTOCOL",
    "+FULLRESYNC 0123 42, PROTOCOL",
    "+FULLRESYNC 0123456789012345678901234567890123456789, PROTOCOL",
    "+FULLRESYNC 0123456789012345678901234567890123456789 -1, PROTOCOL",
    "+FULLRESYNC 0123456789012345678901234567890123456789 99999999999999999999, PROTOCOL",
    "+OK, PROTOCOL",
    "HTTP/1.1 400 Bad Request, PROTOCOL",
    "$10, PROTOCOL"
  })
  void everyOtherAnswerToPsyncIsAClearError(String line, Reason reason) {
    try (ScriptedServer server = greeting().answer(line + "\r\n").start()) {
      CaptureException e = failure(server);
      assertThat(e.reason()).isEqualTo(reason);
      assertThat(e).hasMessageContaining(line);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "$-1, PROTOCOL",
    "$0, PROTOCOL",
    "$17, PROTOCOL",
    "$999999999999999999, PROTOCOL",
    "$99999999999999999999999, PROTOCOL",
    "$abc, PROTOCOL",
    "$EOF:short, PROTOCOL",
    "$EOF:0123456789012345678901234567890123456789x, PROTOCOL",
    "+FULLRESYNC 0123456789012345678901234567890123456789 1, PROTOCOL",
    "'-ERR BGSAVE failed, replication can''t continue', NOT_READY",
    "-ERR something new, PROTOCOL"
  })
  void everyOtherLineBeforeThePayloadIsAClearError(String line, Reason reason) {
    try (ScriptedServer server = greeting().answer(POINT + line + "\r\n").start()) {
      CaptureException e = failure(server);
      assertThat(e.reason()).isEqualTo(reason);
      assertThat(e).hasMessageContaining(line);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-NOAUTH Authentication required., AUTHENTICATION",
    "-NOPERM this user has no permissions to run the 'replconf' command, DENIED",
    "-LOADING Redis is loading the dataset in memory, NOT_READY",
    "'-ERR unknown command `REPLCONF`, with args beginning with: ', UNSUPPORTED",
    "-ERR max number of clients reached, NOT_READY",
    "-MISCONF Redis is configured to save RDB snapshots, NOT_READY",
    "+PONG, PROTOCOL"
  })
  void onlyAnUnknownOptionIsTolerated(String line, Reason reason) {
    try (ScriptedServer server = ScriptedServer.script().answer(line + "\r\n").start()) {
      assertThat(failure(server).reason()).isEqualTo(reason);
    }
  }

  @Test
  void aLineWithoutEndIsCutOff() {
    try (ScriptedServer server = greeting().answer("+FULL").thenForever("x").start()) {
      CaptureException e = failure(server);
      assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
      assertThat(e.toString()).hasSizeLessThan(600);
    }
  }

  @Test
  void foreignTextIsMadePrintable() {
    try (ScriptedServer server = greeting().answer("+\u0015\u0003\u0000\u001b[31m\r\n").start()) {
      assertThat(failure(server)).hasMessageContaining("\"+\\x15\\x03\\x00\\x1b[31m\"");
    }
  }

  @Test
  void endlessKeepAlivesDoNotExtendTheFirstBytesDeadline() {
    try (ScriptedServer server = greeting().answer("\n").thenForever("\n").start()) {
      CaptureException e = failure(server, client(LONG, SHORT, LONG, LONG));
      assertThat(e.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(e).hasMessageContaining("no first byte of the snapshot within 300 ms");
    }
  }

  @Test
  void endlessKeepAlivesAfterThePointDoNotExtendItEither() {
    try (ScriptedServer server = greeting().answer(POINT).thenForever("\n").start()) {
      CaptureException e = failure(server, client(LONG, SHORT, LONG, LONG));
      assertThat(e.reason()).isEqualTo(Reason.DEADLINE);
    }
  }

  @Test
  void anEndlessPayloadEndsWithTheOverallDeadline() {
    try (ScriptedServer server =
        greeting().answer(POINT + "$EOF:" + MARK + "\r\nREDIS0009").thenForever("data").start()) {
      CaptureException e =
          catchThrowableOfType(
              CaptureException.class,
              () ->
                  client(LONG, LONG, LONG, Duration.ofSeconds(1))
                      .capture(source(server), (b, offset, length) -> {}, new Cancellation()));
      assertThat(e.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(e).hasMessageContaining("overall deadline of 1 s");
    }
  }

  @Test
  void aServerThatNeverAnswersIsStalled() {
    try (ScriptedServer server = ScriptedServer.script().answer("").start()) {
      CaptureException e = failure(server, client(SHORT, LONG, LONG, LONG));
      assertThat(e.reason()).isEqualTo(Reason.STALLED);
      assertThat(e)
          .hasMessageContaining("no answer to REPLCONF listening-port 65536 within 300 ms");
    }
  }

  @Test
  void aPayloadThatStopsIsStalled() {
    try (ScriptedServer server =
        greeting().answer(POINT + "$EOF:" + MARK + "\r\nREDIS0009").start()) {
      CaptureException e = failure(server, client(LONG, LONG, SHORT, LONG));
      assertThat(e.reason()).isEqualTo(Reason.STALLED);
      assertThat(e).hasMessageContaining("after 9 bytes");
      assertThat(e.retryable()).isTrue();
    }
  }

  @Test
  void aLinkThatClosesBeforeThePayloadIsDropped() {
    try (ScriptedServer server = greeting().answer(POINT).thenClose().start()) {
      CaptureException e = failure(server);
      assertThat(e.reason()).isEqualTo(Reason.DROPPED);
      assertThat(e).hasMessageContaining("its log says why");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSnapshotOlderThanTheFloorIsRefusedBeforeItsFirstByte(boolean master) {
    try (ScriptedServer server = greeting().answer(POINT).start()) {
      CaptureException e = failure(server, new Floor(HISTORY, 43, master));
      assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
      assertThat(e).hasMessageContaining("offset 42").hasMessageContaining("at 43");
      assertThat(out.size()).isZero();
    }
  }

  @Test
  void aReplicaWithAnotherHistoryThanItsMasterIsRefusedBeforeItsFirstByte() {
    try (ScriptedServer server = greeting().answer(POINT).start()) {
      CaptureException e = failure(server, new Floor(FFFF, 0, false));
      assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
      assertThat(e).hasMessageContaining(HISTORY).hasMessageContaining(FFFF);
      assertThat(out.size()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"0123456789012345678901234567890123456789, 42", FFFF + ", 1000"})
  void aMasterAtTheFloorOrWithANewHistoryIsCaptured(String history, long offset) throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(100));
    try (ScriptedServer server =
        greeting()
            .answer(join(latin1(POINT + "$" + file.length + "\r\n"), file, latin1("*1\r\n")))
            .start()) {
      client(LONG, LONG, LONG, LONG)
          .capture(
              source(server), new Floor(history, offset, true), out::write, new Cancellation());
      assertThat(out.toByteArray()).isEqualTo(file);
    }
  }

  private static ScriptedServer.Script greeting() {
    return ScriptedServer.script()
        .answer("+OK\r\n")
        .answer("+OK\r\n")
        .answer("+OK\r\n")
        .answer("-ERR Unrecognized REPLCONF option: version\r\n");
  }

  private static SnapshotClient client(
      Duration handshake, Duration firstByte, Duration stall, Duration overall) {
    return new SnapshotClient(new Deadlines(LONG, handshake, firstByte, stall, overall));
  }

  private static Source source(ScriptedServer server) {
    return new Source("127.0.0.1", server.port(), null, null, null);
  }

  private Snapshot capture(ScriptedServer server) throws Exception {
    return client(LONG, LONG, LONG, LONG).capture(source(server), out::write, new Cancellation());
  }

  private CaptureException failure(ScriptedServer server) {
    return failure(server, client(LONG, LONG, LONG, LONG));
  }

  private CaptureException failure(ScriptedServer server, Floor floor) {
    return catchThrowableOfType(
        CaptureException.class,
        () ->
            client(LONG, LONG, LONG, LONG)
                .capture(source(server), floor, out::write, new Cancellation()));
  }

  private CaptureException failure(ScriptedServer server, SnapshotClient client) {
    CaptureException e =
        catchThrowableOfType(
            CaptureException.class,
            () -> client.capture(source(server), out::write, new Cancellation()));
    assertThat(e).hasMessageStartingWith("127.0.0.1:" + server.port() + ": ");
    return e;
  }
}
