package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What needs a process of its own: one that is killed, and one that the system lets write no more.
 * The limit on the size of its files cuts a write short and fails it like a full disk does, and can
 * be lifted again.
 */
@Timeout(60)
final class AuditLogProcessTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private Process process;
  private BufferedReader answers;

  AuditLogProcessTest(@TempDir Path folder) {
    this.file = folder.resolve("audit.log");
  }

  @BeforeEach
  void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                AuditHolder.class.getName(),
                file.toString())
            .start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(answers.readLine()).isEqualTo("open");
  }

  @AfterEach
  void stop() {
    process.destroyForcibly();
  }

  @Test
  void aProcessThatIsKilledLeavesALineForEachCallAndSaysWhichEnded() throws Exception {
    assertThat(ask("begin one")).isEqualTo("done");
    assertThat(ask("begin two")).isEqualTo("done");
    assertThat(ask("end one")).isEqualTo("done");
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    try (AuditLog next = AuditLog.open(new AuditSettings(file, 1 << 20, 4))) {
      assertThat(next.isBroken()).isFalse();
      assertThat(outcomes()).containsExactly("one ACCEPTED", "two UNKNOWN");
    }
  }

  @Test
  void aSecondProcessIsRefused() {
    assertThatThrownBy(() -> AuditLog.open(new AuditSettings(file, 1 << 20, 4)))
        .isInstanceOf(AuditException.class)
        .hasMessageContaining("another process holds it");
  }

  @Test
  void whereNothingCanBeWrittenCallsAreRefusedUntilSomethingCanAgain() throws Exception {
    assertThat(ask("begin one")).isEqualTo("done");
    long whole = Files.size(file);
    limit(Long.toString(whole + 100));

    assertThat(ask("begin two")).startsWith("refused: The audit log " + file);
    assertThat(file).as("the half of a line that fits is taken back").hasSize(whole);
    assertThat(ask("denied three")).isEqualTo("broken");
    assertThat(ask("end one")).as("this one has its place").isEqualTo("broken");

    limit("unlimited");
    assertThat(ask("begin four")).isEqualTo("done");
    assertThat(ask("end four")).isEqualTo("done");
    assertThat(outcomes()).containsExactly("one ACCEPTED", "four ACCEPTED");
    assertThat(log()).contains("not on record", "three", "DENIED").doesNotContain("one");
  }

  @Test
  void anEndThatCannotBeWrittenIsInTheLogAndTheNextCallsAreRefused() throws Exception {
    assertThat(ask("begin one")).isEqualTo("done");
    limit("0");

    assertThat(ask("end one")).isEqualTo("broken");
    assertThat(ask("begin two")).startsWith("refused: ");

    limit("unlimited");
    assertThat(ask("begin three")).isEqualTo("done");
    assertThat(outcomes()).containsExactly("one UNKNOWN", "three UNKNOWN");
    assertThat(log()).contains("ERROR", "on record as UNKNOWN", "one", "ACCEPTED");
  }

  private String ask(String order) throws IOException {
    process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return answers.readLine();
  }

  /** How large the process may make a file from now on. */
  private void limit(String bytes) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes + ":")
            .redirectErrorStream(true)
            .start();
    assertThat(prlimit.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(prlimit.exitValue())
        .as(() -> new String(read(prlimit), StandardCharsets.UTF_8))
        .isZero();
  }

  /** What the process said on stderr; it ends then. */
  private String log() throws Exception {
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private List<String> outcomes() throws IOException {
    return Files.readAllLines(file).stream()
        .map(AuditLogProcessTest::json)
        .map(line -> line.path("requestId").asText() + " " + line.path("outcome").asText())
        .toList();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Process ended) {
    try {
      return ended.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
