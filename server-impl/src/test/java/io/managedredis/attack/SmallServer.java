package io.managedredis.attack;

import io.managedredis.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * The server as a process of its own, with so little memory that one careless allocation is the
 * last, and with its log.
 */
final class SmallServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern LISTENING =
      Pattern.compile("Listening on http://127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final Path out;
  private final Path err;
  private int port;

  private SmallServer(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it with this configuration, in the folder that relative paths begin at. */
  static SmallServer start(Path folder, List<String> configuration) throws IOException {
    Path config = Files.write(folder.resolve("small.yaml"), configuration);
    Path out = folder.resolve("small.out");
    Path err = folder.resolve("small.err");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                config.toString(),
                "--listen",
                "127.0.0.1:0")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    SmallServer server = new SmallServer(process, out, err);
    boolean listens = false;
    try {
      server.port = server.awaitPort();
      listens = true;
      return server;
    } finally {
      if (!listens) {
        server.close();
      }
    }
  }

  private int awaitPort() {
    Matcher listening =
        Awaitility.await("the server listens; its log is " + err)
            .atMost(PATIENCE)
            .until(
                () -> {
                  if (!process.isAlive()) {
                    throw new IllegalStateException("the server ended:\n" + log());
                  }
                  return LISTENING.matcher(Files.readString(out));
                },
                Matcher::find);
    return Integer.parseInt(listening.group(1));
  }

  int port() {
    return port;
  }

  boolean runs() {
    return process.isAlive();
  }

  /**
   * What it has logged so far; newer JVMs warn there of what libraries do, which is not its log.
   */
  String log() throws IOException {
    return new String(Files.readAllBytes(err), StandardCharsets.UTF_8)
        .replaceAll("(?m)^WARNING: .*\n", "");
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("the server does not end:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Process unused = process.destroyForcibly();
    }
  }
}
