package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class AuditLogTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final int LARGE = 1 << 20;

  private final Path folder;
  private final Path file;

  AuditLogTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("audit.log");
  }

  @Test
  void aCallThatEndedIsOneLineWithAllThatIsKnown() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      log.begin(
              new AuditRecord(
                  Instant.parse("2026-11-22T10:00:00.123456Z"),
                  "ann",
                  "deleteBackup",
                  "c9q:20261122T100000-abcdefgh",
                  null,
                  "r-1",
                  "192.0.2.7"))
          .end(AuditOutcome.ACCEPTED, 0, "b1g", "abcdefghijklmnopqrst");
    }
    assertThat(lines(file))
        .containsExactly(
            JSON.readTree(
                """
                {"instant": "2026-11-22T10:00:00.123456Z", "subject": "ann",
                 "action": "deleteBackup", "resource": "c9q:20261122T100000-abcdefgh",
                 "requestId": "r-1", "address": "192.0.2.7", "folder": "b1g",
                 "outcome": "ACCEPTED", "code": 0, "operation": "abcdefghijklmnopqrst"}
                """));
  }

  @Test
  void aCallThatIsDeniedIsOneLine() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      log.denied(call("one"), 7);
      assertThat(lines(file))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.path("outcome").asText()).isEqualTo("DENIED");
                assertThat(line.path("code").asInt()).isEqualTo(7);
                assertThat(line.path("folder").asText()).isEqualTo("b1g");
              });
    }
  }

  @Test
  void aCallIsOnRecordBeforeItEnds() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      AuditLog.Entry entry = log.begin(call("one"));
      assertThat(outcomes(file)).containsExactly("one UNKNOWN");
      assertThat(lines(file).get(0).has("code")).isFalse();
      entry.end(AuditOutcome.FAILED, 9, null, null);
      assertThat(outcomes(file)).containsExactly("one FAILED");
    }
  }

  @Test
  void aCallEndsOnce() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      AuditLog.Entry entry = log.begin(call("one"));
      entry.end(AuditOutcome.FAILED, 9, null, null);
      assertThatThrownBy(() -> entry.end(AuditOutcome.ACCEPTED, 0, null, null))
          .isInstanceOf(IllegalStateException.class);
      assertThat(outcomes(file)).containsExactly("one FAILED");
    }
  }

  @Test
  void anInterruptedThreadPutsItsCallOnRecordLikeAnyOther() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      Thread.currentThread().interrupt();
      log.begin(call("one")).end(AuditOutcome.ACCEPTED, 0, null, null);
      log.denied(call("two"), 7);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcomes(file)).containsExactly("one ACCEPTED", "two DENIED");
    }
  }

  @Test
  void whatIsThereStaysAndIsItsOwnersAlone() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      log.denied(call("one"), 7);
    }
    try (AuditLog log = open(LARGE, 4)) {
      log.denied(call("two"), 7);
    }
    assertThat(outcomes(file)).containsExactly("one DENIED", "two DENIED");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aLineThatACrashCutOffDoesNotRunIntoTheNext() throws Exception {
    Files.writeString(file, "{\"instant\":\"2026");
    try (AuditLog log = open(LARGE, 4)) {
      log.denied(call("one"), 7);
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2).first().isEqualTo("{\"instant\":\"2026");
    assertThat(JSON.readTree(lines.get(1)).path("requestId").asText()).isEqualTo("one");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void whateverIsSentMakesOneLineInAscii(String text) throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      AuditRecord call = new AuditRecord(Instant.now(), text, text, text, text, text, text);
      log.begin(call).end(AuditOutcome.DENIED, 5, text, text);
      log.denied(call, 16);
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).matches("([ -~]+\n){2}");
    assertThat(lines(file))
        .allSatisfy(
            line -> {
              assertThat(line.path("outcome").asText()).isEqualTo("DENIED");
              assertThat(line.path("subject").asText()).hasSizeLessThanOrEqualTo(2 * 256 + 3);
              assertThat(line.path("folder").asText()).hasSizeLessThanOrEqualTo(50);
            });
  }

  static Stream<String> hostile() {
    return Stream.of(
        "",
        "ann\n{\"outcome\":\"ACCEPTED\"}",
        "\r\u0085\u2028\u2029\u0000\u001b[2J\u007f",
        "\"}\n",
        "\\\",\"outcome\":\"ACCEPTED\",\"x\":\"",
        "\u202eevil",
        "\ud800 and \udc00",
        "\ud83d\udd11".repeat(1000),
        "\u0001".repeat(100_000),
        "\\".repeat(300));
  }

  @Test
  void whatStrangersSendIsToldAsItWasWhereItIsShort() throws Exception {
    String subject = "Zo\u00eb \"Z\" \n \u202e \ud83d\udd11";
    try (AuditLog log = open(LARGE, 4)) {
      log.denied(new AuditRecord(Instant.now(), subject, "a", null, null, "r", "::1"), 7);
    }
    assertThat(lines(file).get(0).path("subject").asText()).isEqualTo(subject);
  }

  @Test
  void theEndOfALineNeverCrossesASector() {
    for (int length = 1; length <= 256; length++) {
      AuditLine line =
          new AuditLine(
              new AuditRecord(Instant.EPOCH, "s".repeat(length), "a", null, null, "r", "::1"));
      for (long start = 0; start < 1024; start += 7) {
        long tailAt = line.tailAt(start);
        byte[] whole = line.at(start, line.open());
        assertThat(tailAt / 512).isEqualTo((tailAt + AuditLine.TAIL - 1) / 512);
        assertThat(start + whole.length).isEqualTo(tailAt + AuditLine.TAIL);
        assertThat(whole.length).isLessThanOrEqualTo(line.mostBytes());
      }
    }
  }

  @Test
  void writersAtOnceLoseNoLineAndMixNone() throws Exception {
    int threads = 8;
    int calls = 40;
    ExecutorService writers = Executors.newFixedThreadPool(threads);
    try (AuditLog log = open(8192, 200)) {
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String thread = "t" + t;
        done.add(
            writers.submit(
                () -> {
                  for (int i = 0; i < calls; i++) {
                    AuditLog.Entry entry = log.begin(call(thread + "-" + i));
                    log.denied(call(thread + "-" + i + "-other"), 7);
                    entry.end(AuditOutcome.ACCEPTED, 0, null, "op");
                  }
                  return thread;
                }));
      }
      for (Future<?> one : done) {
        one.get(50, TimeUnit.SECONDS);
      }
    } finally {
      writers.shutdownNow();
    }
    List<String> expected =
        IntStream.range(0, threads)
            .boxed()
            .flatMap(t -> IntStream.range(0, calls).mapToObj(i -> "t" + t + "-" + i))
            .flatMap(id -> Stream.of(id + " ACCEPTED", id + "-other DENIED"))
            .toList();
    assertThat(everything(200)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(folder.resolve("audit.log.1")).exists();
  }

  @Test
  void aFullFileGetsANumberAndTheOldestGoes() throws Exception {
    try (AuditLog log = open(2048, 3)) {
      for (int i = 0; i < 40; i++) {
        log.denied(call("" + i), 7);
        assertThat(Files.size(file)).isLessThanOrEqualTo(2048);
      }
    }
    List<String> kept = everything(3);
    assertThat(kept).endsWith("39 DENIED").doesNotContain("0 DENIED");
    assertThat(kept)
        .isEqualTo(IntStream.range(40 - kept.size(), 40).mapToObj(i -> i + " DENIED").toList());
    try (Stream<Path> names = Files.list(folder)) {
      assertThat(names.map(name -> name.getFileName().toString()))
          .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2", "audit.log.lock");
    }
  }

  @Test
  void aCallEndsInTheFileThatItBeganIn() throws Exception {
    try (AuditLog log = open(2048, 9)) {
      AuditLog.Entry entry = log.begin(call("first"));
      for (int i = 0; i < 12; i++) {
        log.denied(call("" + i), 7);
      }
      entry.end(AuditOutcome.ACCEPTED, 0, null, "op");
    }
    assertThat(outcomes(file)).doesNotContain("first ACCEPTED");
    assertThat(everything(9)).startsWith("first ACCEPTED").hasSize(13);
  }

  @Test
  void aFullFileStaysOpenNoLongerThanSomebodyHasACallInIt() throws Exception {
    try (AuditLog log = open(2048, 9)) {
      AuditLog.Entry entry = log.begin(call("first"));
      for (int i = 0; i < 20; i++) {
        log.denied(call("" + i), 7);
      }
      assertThat(openFiles()).hasSize(3);
      entry.end(AuditOutcome.ACCEPTED, 0, null, "op");
      assertThat(openFiles())
          .containsExactlyInAnyOrder(file.toRealPath(), folder.resolve("audit.log.lock"));
    }
    assertThat(openFiles()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aCrashBetweenTwoStepsOfTheRotationLosesNothing(int steps) throws Exception {
    for (int number = 0; number < 3; number++) {
      write(number, "old" + number);
    }
    List<Rotation.Move> moves = new Rotation(file, 9).moves();
    assertThat(moves).hasSize(3);
    for (Rotation.Move move : moves.subList(0, steps)) {
      move.make();
    }

    try (AuditLog log = open(2048, 9)) {
      for (int i = 0; i < 12; i++) {
        log.denied(call("" + i), 7);
      }
    }
    assertThat(everything(9))
        .startsWith("old2 DENIED", "old1 DENIED", "old0 DENIED", "0 DENIED")
        .endsWith("11 DENIED")
        .hasSize(15);
  }

  @Test
  void aFileThatSomebodyRemovedIsBegunAgain() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      log.denied(call("one"), 7);
      Files.delete(file);
      log.begin(call("two")).end(AuditOutcome.ACCEPTED, 0, null, null);
    }
    assertThat(outcomes(file)).containsExactly("two ACCEPTED");
  }

  @Test
  void aFileThatSomebodyCutShortIsWrittenOn() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      AuditLog.Entry entry = log.begin(call("one"));
      Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      entry.end(AuditOutcome.ACCEPTED, 0, null, null);
      assertThat(log.isBroken()).isTrue();
      log.begin(call("two")).end(AuditOutcome.ACCEPTED, 0, null, null);
      assertThat(log.isBroken()).isFalse();
    }
    assertThat(outcomes(file)).containsExactly("two ACCEPTED");
  }

  @Test
  void aFileThatCannotBeOpenedAgainRefusesCallsUntilItCan() throws Exception {
    try (AuditLog log = open(LARGE, 4)) {
      Files.delete(file);
      Files.createDirectory(file);
      assertThatThrownBy(() -> log.begin(call("one")))
          .isInstanceOf(AuditException.class)
          .hasMessageContainingAll(file.toString(), "not a regular file", "refused");
      assertThat(log.isBroken()).isTrue();

      Files.delete(file);
      log.begin(call("two")).end(AuditOutcome.ACCEPTED, 0, null, null);
      assertThat(log.isBroken()).isFalse();
    }
    assertThat(outcomes(file)).containsExactly("two ACCEPTED");
  }

  @Test
  void aClosedLogRefusesCallsAndStillEndsThoseThatBegan() throws Exception {
    AuditLog log = open(LARGE, 4);
    AuditLog.Entry entry = log.begin(call("one"));
    log.close();

    assertThatThrownBy(() -> log.begin(call("two"))).isInstanceOf(AuditException.class);
    entry.end(AuditOutcome.ACCEPTED, 0, null, null);
    assertThat(outcomes(file)).containsExactly("one ACCEPTED");
  }

  @Test
  void aMissingFolderAndALinkAreRefused() throws Exception {
    assertThatThrownBy(
            () -> AuditLog.open(new AuditSettings(folder.resolve("no/audit.log"), LARGE, 4)))
        .isInstanceOf(AuditException.class)
        .hasMessageContainingAll("its folder is not there", "audit.file");

    Files.createSymbolicLink(file, folder.resolve("elsewhere"));
    assertThatThrownBy(() -> open(LARGE, 4))
        .isInstanceOf(AuditException.class)
        .hasMessageContaining("not a regular file");
  }

  @Test
  void withoutANameTheFileIsInTheDataFolder() {
    assertThat(new AuditSettings(null, LARGE, 4).in(folder).file()).isEqualTo(file);
    assertThat(new AuditSettings(Path.of("x"), LARGE, 4).in(folder).file()).isEqualTo(Path.of("x"));
  }

  private AuditLog open(int fileBytes, int files) throws AuditException {
    return AuditLog.open(new AuditSettings(file, fileBytes, files));
  }

  private static AuditRecord call(String id) {
    return new AuditRecord(
        Instant.parse("2026-11-22T10:00:00Z"), "ann", "backup", "c9q", "b1g", id, "127.0.0.1");
  }

  /** A file of the log with that number and one line, which leaves no room for another one. */
  private void write(int number, String id) throws IOException {
    AuditLine line = new AuditLine(call(id));
    byte[] tail = line.tail(AuditOutcome.DENIED, 7, null, null);
    byte[] content = new byte[1800];
    Arrays.fill(content, (byte) ' ');
    byte[] bytes = line.at(0, tail);
    System.arraycopy(bytes, 0, content, content.length - bytes.length, bytes.length);
    Files.write(number == 0 ? file : folder.resolve("audit.log." + number), content);
  }

  /** Those of the folder that this process has open, as Linux tells. */
  private List<Path> openFiles() throws IOException {
    List<Path> open = new ArrayList<>();
    try (DirectoryStream<Path> handles = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path handle : handles) {
        try {
          Path leadsTo = Files.readSymbolicLink(handle);
          if (leadsTo.startsWith(folder.toRealPath())) {
            open.add(leadsTo);
          }
        } catch (NoSuchFileException closed) {
          // Another test closed it meanwhile.
        }
      }
    }
    return open;
  }

  /** All that is on record, the oldest first. */
  private List<String> everything(int files) throws IOException {
    List<String> all = new ArrayList<>();
    for (int number = files - 1; number > 0; number--) {
      Path old = folder.resolve("audit.log." + number);
      if (Files.exists(old)) {
        all.addAll(outcomes(old));
      }
    }
    all.addAll(outcomes(file));
    return all;
  }

  private static List<String> outcomes(Path file) throws IOException {
    return lines(file).stream()
        .map(line -> line.path("requestId").asText() + " " + line.path("outcome").asText())
        .toList();
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
