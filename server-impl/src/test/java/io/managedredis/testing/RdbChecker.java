package io.managedredis.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The check of snapshots that comes with a server: not ours, and not what loads them either. */
public final class RdbChecker {
  private static final int LONGEST_SECONDS = 60;
  private static final Pattern KEYS = Pattern.compile("\\[info] (\\d+) keys read");

  private final Path program;

  private RdbChecker(Path program) {
    this.program = program;
  }

  /**
   * The checker that belongs to this server.
   *
   * @throws org.opentest4j.TestAbortedException if it is not here; the test is skipped
   */
  public static RdbChecker of(ServerVersion version) {
    return new RdbChecker(version.checker());
  }

  /**
   * Reads the whole snapshot, and its checksum.
   *
   * @return the number of keys in all databases
   * @throws AssertionError with all that it said, unless it found the snapshot to be good
   */
  public long keys(Path snapshot) throws IOException, InterruptedException {
    Path said = Files.createTempFile("check-rdb", ".txt");
    try {
      Process process =
          new ProcessBuilder(program.toString(), snapshot.toString())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      String text = Files.readString(said, StandardCharsets.ISO_8859_1);
      Matcher keys = KEYS.matcher(text);
      if (!ended || process.exitValue() != 0 || !text.contains("looks OK") || !keys.find()) {
        throw new AssertionError(program + " does not accept " + snapshot + ":\n" + text);
      }
      return Long.parseLong(keys.group(1));
    } finally {
      Files.delete(said);
    }
  }
}
