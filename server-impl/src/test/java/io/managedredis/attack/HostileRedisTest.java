package io.managedredis.attack;

import static io.managedredis.attack.HostileNode.MARK;
import static io.managedredis.attack.HostileNode.POINT;
import static io.managedredis.attack.HostileNode.echo;
import static io.managedredis.attack.HostileNode.forever;
import static io.managedredis.attack.HostileNode.last;
import static io.managedredis.attack.HostileNode.latin1;
import static io.managedredis.attack.HostileNode.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.attack.HostileNode.Answer;
import io.managedredis.client.ApiException;
import io.managedredis.client.model.Operation;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nodes that lie. Each ends as a failed operation with a clear message, soon, with nothing left
 * behind. What it may cost in memory is in {@link HostileProbeMemoryTest}.
 */
@Timeout(60)
class HostileRedisTest {

  private static final String CLUSTER = "c9qhostile0000000001";
  private static final String FOLDER = "b1ghostile";
  private static final String PASSWORD = "planted-S3cret-of-the-cluster";
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final int UNAVAILABLE = 14;
  private static final int FAILED_PRECONDITION = 9;
  private static final int DEADLINE_EXCEEDED = 4;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void aHostileSnapshotIsAFailedOperation(String attack, Answer psync, int code, String message)
      throws Exception {
    try (HostileNode node = HostileNode.that("PSYNC", psync)) {
      assertFails(node, code, message);
    }
  }

  static Stream<Arguments> payloads() {
    String marked = POINT + "$EOF:" + MARK + "\r\nREDIS0011";
    String unchecked = "\u00ff" + "\0".repeat(8) + MARK;
    return Stream.of(
        Arguments.of("keep-alives for ever", forever("", "\n"), DEADLINE_EXCEEDED, "first byte"),
        Arguments.of(
            "keep-alives for ever behind the point",
            forever(POINT, "\n"),
            DEADLINE_EXCEEDED,
            "first byte"),
        Arguments.of(
            "a text for ever", forever(marked, "data"), DEADLINE_EXCEEDED, "overall deadline"),
        Arguments.of(
            "a length and more than that for ever",
            forever(POINT + "$70000000000000\r\nREDIS0011", "data"),
            DEADLINE_EXCEEDED,
            "overall deadline"),
        Arguments.of("a mark that never comes", latin1(marked + "data"), UNAVAILABLE, "no byte"),
        Arguments.of(
            "a negative length", latin1(POINT + "$-1\r\n"), UNAVAILABLE, "is announced by"),
        Arguments.of(
            "a length of 2^63",
            latin1(POINT + "$9223372036854775808\r\n"),
            UNAVAILABLE,
            "is announced by"),
        Arguments.of(
            "a length of a hundred digits",
            latin1(POINT + "$" + "9".repeat(100) + "\r\n"),
            UNAVAILABLE,
            "is announced by"),
        Arguments.of(
            "a key of 2^63 bytes",
            last(marked + "\0\u0081\u0080" + "\0".repeat(7) + unchecked),
            UNAVAILABLE,
            "is broken at offset 10"),
        Arguments.of(
            "a value of 2^62 bytes",
            last(marked + "\0\u0001k\u0081@" + "\0".repeat(7) + unchecked),
            UNAVAILABLE,
            "is broken at offset"),
        Arguments.of(
            "a compressed value of 2^60 bytes",
            last(marked + "\0\u0001k\u00c3\u0003\u0081\u0010" + "\0".repeat(7) + "abc" + unchecked),
            UNAVAILABLE,
            "is broken at offset"),
        Arguments.of(
            "an error without an end", forever("-ERR ", "x"), UNAVAILABLE, "no end within"),
        Arguments.of(
            "garbage", latin1("\u0000\u00ff*$:\u001b\n"), UNAVAILABLE, "was answered with"),
        Arguments.of(
            "arrays in arrays", latin1("*1\r\n".repeat(10_000)), UNAVAILABLE, "was answered with"),
        Arguments.of(
            "a redirect", latin1("-MOVED 1 192.0.2.1:6379\r\n"), UNAVAILABLE, "was refused with"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("infos")
  void aHostileInfoIsAFailedOperation(String attack, Answer info, int code, String message)
      throws Exception {
    try (HostileNode node = HostileNode.that("INFO", info)) {
      assertFails(node, code, message);
    }
  }

  static Stream<Arguments> infos() {
    String foreign = "does not speak the protocol of Redis";
    return Stream.of(
        Arguments.of("a text for ever", forever("$4000000\r\n", "x"), FAILED_PRECONDITION, foreign),
        Arguments.of("a text that drips", latin1("$4000000\r\nx"), UNAVAILABLE, "no answer within"),
        Arguments.of("2 GiB", latin1("$2147483647\r\n"), FAILED_PRECONDITION, foreign),
        Arguments.of("2^64", latin1("$18446744073709551616\r\n"), FAILED_PRECONDITION, foreign),
        Arguments.of("ten million entries", latin1("*10000000\r\n"), FAILED_PRECONDITION, foreign),
        Arguments.of(
            "arrays in arrays", latin1("*1\r\n".repeat(10_000)), FAILED_PRECONDITION, foreign),
        Arguments.of("an error for ever", forever("-ERR ", "x"), FAILED_PRECONDITION, foreign),
        Arguments.of("garbage", forever("", "\u0000\u00ff"), FAILED_PRECONDITION, foreign),
        Arguments.of(
            "an error that forges a line of the log",
            latin1("-ERR no\n2026-11-22T00:00:00.000Z [ERROR] forged\r\n"),
            FAILED_PRECONDITION,
            foreign),
        Arguments.of(
            "an error that writes to a terminal",
            latin1("-ERR no \u001b[2J\u0000 \u0085\r\n"),
            FAILED_PRECONDITION,
            "refused: ERR no ?[2J?"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("clusterNodes")
  void hostileClusterNodesAreAFailedOperation(String attack, Answer answer, String message)
      throws Exception {
    try (HostileNode node = HostileNode.inClusterMode(answer)) {
      assertFails(node, FAILED_PRECONDITION, message);
    }
  }

  static Stream<Arguments> clusterNodes() {
    String foreign = "does not speak the protocol of Redis";
    String id = "a".repeat(40);
    String mine = id + " 127.0.0.1:1@2 myself,master - 0 0 7 connected ";
    String many =
        IntStream.range(0, 30_000)
            .mapToObj(i -> "%040x 10.0.0.1:6379@1 slave %s 0 0 1 connected\n".formatted(i, id))
            .collect(java.util.stream.Collectors.joining());
    return Stream.of(
        Arguments.of("arrays in arrays", latin1("*1\r\n".repeat(10_000)), foreign),
        Arguments.of("ten million entries", latin1("*10000000\r\n"), foreign),
        Arguments.of("a map", latin1("%10000000\r\n"), foreign),
        Arguments.of("thirty thousand nodes", text(many), "more than 4000 nodes"),
        Arguments.of("a slot of 2^31", text(mine + "2147483648"), "can't be read"),
        Arguments.of("a negative slot", text(mine + "-5-3"), "can't be read"),
        Arguments.of("slots without an end", text(mine + "1 ".repeat(1_000_000)), "can't be read"),
        Arguments.of(
            "a host of a million characters",
            text(mine.replace("127.0.0.1", "h".repeat(1_000_000)) + "0-16383"),
            "can't be read"),
        Arguments.of(
            "a move that is a text", text(mine + "0-16383 [" + "x".repeat(100_000) + "]"), "read"),
        Arguments.of(
            "control characters",
            text(mine + "0-16383 [\u001b]0;title\u0007"),
            "0-16383 [?]0;title?"));
  }

  @Test
  void millionLinesOfInfoAreReadAndWhatIsUsedIsFound() throws Exception {
    String lines = "a:\n".repeat(1_000_000) + "redis_version:7.2.4\nloading:1\n";
    try (HostileNode node = HostileNode.that("INFO", text(lines))) {
      assertFails(node, FAILED_PRECONDITION, "is loading its data");
    }
  }

  @Test
  void aRedirectToAnotherHostIsNotFollowed() throws Exception {
    try (HostileNode other = HostileNode.that("INFO", latin1("+other\r\n"));
        HostileNode node =
            HostileNode.that("INFO", latin1("-MOVED 1 " + other.address() + "\r\n"))) {
      assertFails(node, FAILED_PRECONDITION, "refused: MOVED");

      assertThat(other.received()).isEmpty();
    }
  }

  /** Discovery goes where the nodes say; what is sent there is the login and these questions. */
  @Test
  void anAddressInsideTheNetworkIsAskedOnlyWhatANodeIsAsked() throws Exception {
    try (HostileNode inside = HostileNode.that("INFO", latin1("HTTP/1.1 400 secret page\r\n\r\n"));
        HostileNode node =
            HostileNode.inClusterMode(
                text(
                    "a".repeat(40)
                        + " "
                        + inside.address()
                        + "@1 myself,master - 0 0 7 connected 0-16383"))) {
      String message = assertFails(node, FAILED_PRECONDITION, inside.address());

      assertThat(inside.received()).isNotEmpty();
      assertThat(inside.received().stream().map(command -> command.get(0)).distinct())
          .containsExactlyInAnyOrder("AUTH", "INFO");
      assertThat(message).doesNotContain("secret page");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("echoes")
  void aPasswordThatANodeRepeatsIsNotTold(String where, HostileNode node) throws Exception {
    try (node) {
      String message = assertFails(node, FAILED_PRECONDITION, node.address());

      assertThat(node.received()).contains(List.of("AUTH", PASSWORD));
      assertThat(message).contains(where.endsWith("id") ? "repeats" : "(hidden)");
    }
  }

  static Stream<Arguments> echoes() {
    return Stream.of(
        Arguments.of("an error of AUTH", HostileNode.that("AUTH", echo("-ERR wrong: "))),
        Arguments.of(
            "an error of INFO", HostileNode.that("INFO", latin1("-ERR " + PASSWORD + "\r\n"))),
        Arguments.of(
            "a line of CLUSTER NODES", HostileNode.inClusterMode(text("a " + PASSWORD + " b"))),
        Arguments.of(
            "an error of REPLCONF",
            HostileNode.that("REPLCONF", latin1("-NOPERM " + PASSWORD + "\r\n"))),
        Arguments.of(
            "an error of PSYNC",
            HostileNode.that("PSYNC", latin1("-NOPERM " + PASSWORD + "\r\n"))));
  }

  @Test
  void aPasswordAsVersionIsNotTold() throws Exception {
    String info = "redis_version:" + PASSWORD + "\r\nrole:master\r\nloading:1\r\n";
    try (HostileNode node = HostileNode.that("INFO", text(info));
        RunningService service = service(node)) {
      assertThat(service.clusters().getCluster(CLUSTER).toString())
          .contains("unknown")
          .doesNotContain(PASSWORD);
    }
  }

  /** Takes a backup, and answers why it failed. */
  private String assertFails(HostileNode node, int code, String expected) throws Exception {
    try (RunningService service = service(node)) {
      long start = System.nanoTime();
      Operation done = service.awaitDone(service.clusters().backupCluster(CLUSTER, null));
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(done.getError()).isNotNull();
      String message = done.getError().getMessage();
      assertThat(message).contains(expected).hasSizeLessThan(2500).doesNotContain(PASSWORD);
      assertThat(message).matches("[^\\p{Cntrl}]*");
      assertThat(done.getError().getCode()).as(message).isEqualTo(code);
      assertThat(took).isLessThan(SOON);
      assertNothingIsLeft(service);
      Awaitility.await().atMost(SOON).until(() -> node.openConnections() == 0);
      return message;
    }
  }

  private void assertNothingIsLeft(RunningService service) throws ApiException, IOException {
    assertThat(service.backups().listBackups(FOLDER, null, null).getBackups()).isEmpty();
    try (Stream<Path> entries = Files.list(service.repository())) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrder(".lock", "repository.json");
    }
  }

  private RunningService service(HostileNode node) throws IOException {
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    Files.setPosixFilePermissions(
        password, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    return RunningService.in(folder)
        .cluster(CLUSTER, FOLDER, node.address())
        .with("passwordFile", password.toString())
        .backup("attempts", "1")
        .backup("connectTimeout", "3s")
        .backup("handshakeTimeout", "3s")
        .backup("firstByteTimeout", "2s")
        .backup("stallTimeout", "1s")
        .backup("timeout", "3s")
        .start();
  }
}
