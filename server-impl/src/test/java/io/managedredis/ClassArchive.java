package io.managedredis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The classes of the packaged server as its JVM keeps them (JEP 350), so that the many servers of
 * the tests start in less than two thirds of the processor's time. It is made once for a jar, by a
 * server that is started and ended; the tests are the same without it.
 */
final class ClassArchive {
  private static final long SECONDS = 60;

  private ClassArchive() {}

  /** The archive of that jar; empty where this JVM makes none. */
  static Optional<Path> of(Path jar, Path java) {
    try {
      Path archive =
          jar.resolveSibling(
              "classes-%s-%d.jsa"
                  .formatted(Runtime.version(), Files.getLastModifiedTime(jar).toMillis()));
      Path guard = jar.resolveSibling("classes.lock");
      // Several JVMs of tests begin at once.
      try (FileChannel channel =
              FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.exists(archive)) {
          make(jar, java, archive);
        }
      }
      return Files.exists(archive) ? Optional.of(archive) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void make(Path jar, Path java, Path archive) throws IOException {
    Path folder = Files.createTempDirectory(jar.getParent(), "classes");
    Path draft = folder.resolve("draft.jsa");
    Path config = Files.writeString(folder.resolve("config.yaml"), "clusters: []\n");
    Path out = folder.resolve("out");
    Process server =
        new ProcessBuilder(
                List.of(
                    java.toString(),
                    "-XX:ArchiveClassesAtExit=" + draft,
                    "-jar",
                    jar.toString(),
                    "serve",
                    "--config",
                    config.toString(),
                    "--listen",
                    "127.0.0.1:0",
                    "--data-dir",
                    folder.resolve("data").toString()))
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      Awaitility.await("the server listens")
          .atMost(SECONDS, TimeUnit.SECONDS)
          .until(() -> !server.isAlive() || Files.readString(out).contains("Listening"));
      server.destroy();
      if (server.waitFor(SECONDS, TimeUnit.SECONDS) && Files.exists(draft)) {
        Path unused = Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.destroyForcibly();
    }
  }
}
