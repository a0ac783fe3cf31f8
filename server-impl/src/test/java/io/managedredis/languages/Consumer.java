package io.managedredis.languages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program in another language that uses the generated client; {@code run} builds and runs it. */
public final class Consumer {
  /** What {@code run} ends with where its toolchain is not installed. */
  private static final int NOT_HERE = 77;

  private final Path script;
  private final Path work;
  private final Duration longest;

  /**
   * What came of a run.
   *
   * @param report what it showed; null where its toolchain is not installed
   * @param reason which tool is missing; empty where none is
   */
  public record Run(@Nullable Report report, String reason) {}

  /**
   * A consumer.
   *
   * @param script its {@code run}
   * @param work a folder for what its build writes, and for what it prints
   * @param longest how long it may take, with its build
   */
  public Consumer(Path script, Path work, Duration longest) {
    this.script = script;
    this.work = work;
    this.longest = longest;
  }

  /** What it writes for people while it builds and runs. */
  public Path log() {
    return work.resolveSibling(work.getFileName() + ".log");
  }

  /**
   * Builds and runs it.
   *
   * @param environment added to ours
   * @throws Report.MalformedException when it does not end in time, or prints what it must not
   */
  public Run run(Map<String, String> environment)
      throws IOException, InterruptedException, Report.MalformedException {
    Files.createDirectories(work);
    Path out = work.resolveSibling(work.getFileName() + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(script.toString())
            .directory(work.toFile())
            .redirectOutput(out.toFile())
            .redirectError(log().toFile());
    builder.environment().putAll(environment);
    builder.environment().put("WORK", work.toString());
    Process process = builder.start();
    try {
      if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
        throw new Report.MalformedException("It does not end within " + longest);
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(out);
    if (process.exitValue() == NOT_HERE) {
      String reason = Files.readString(log()).strip();
      if (!printed.isEmpty() || reason.isEmpty()) {
        throw new Report.MalformedException(
            "Status "
                + NOT_HERE
                + " says that a tool is not here, and stderr which; it printed: "
                + printed);
      }
      return new Run(null, reason.lines().reduce("", (first, last) -> last));
    }
    return new Run(Report.parse(printed, process.exitValue()), "");
  }
}
