package io.managedredis.bench;

import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long a server takes from its start to its first answer; {@code bench/api.sh} runs it. */
public final class FirstAnswer {
  private static final long BETWEEN_TRIES = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long DEADLINE = TimeUnit.SECONDS.toNanos(60);

  private FirstAnswer() {}

  /**
   * Starts the command, prints the milliseconds until the target answers 200, and ends it.
   *
   * @param arguments port, target, file for what the command prints, and the command
   */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    List<String> command = Arrays.asList(arguments).subList(3, arguments.length);
    ProcessBuilder server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(arguments[2]));
    // What this JVM has to load is loaded before the clock runs.
    boolean unused = answers(port, arguments[1]);
    long start = System.nanoTime();
    Process process = server.start();
    try {
      while (!answers(port, arguments[1])) {
        if (!process.isAlive() || System.nanoTime() - start > DEADLINE) {
          throw new IllegalStateException("no answer; see " + arguments[2]);
        }
        LockSupport.parkNanos(BETWEEN_TRIES);
      }
      Output.line(String.format(Locale.ROOT, "%.0f", (System.nanoTime() - start) / 1e6));
    } finally {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static boolean answers(int port, String target) {
    try (KeepAliveClient client = new KeepAliveClient(port)) {
      return client.get(target).length > 0;
    } catch (IOException e) {
      return false; // Not yet: that is what is waited for.
    }
  }
}
