package io.managedredis.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/** The redis-server 6.2 inside the embedded-redis artifact, unpacked once per JVM. */
final class RedisBinary {
  private static final Path UNPACKED = unpack();

  private RedisBinary() {}

  static Path path() {
    return UNPACKED;
  }

  /** The same binary under the name by which it checks snapshots instead of serving. */
  static Path checker() {
    return UNPACKED.resolveSibling("redis-check-rdb");
  }

  private static Path unpack() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean arm = arch.contains("aarch64") || arch.contains("arm64");
    String name;
    if (os.contains("linux")) {
      name = arm ? "redis-server-6.2.7-linux-arm64" : "redis-server-6.2.6-v5-linux-amd64";
    } else {
      Assumptions.assumeTrue(os.contains("mac"), "There is no redis-server for " + os);
      name = arm ? "redis-server-6.2.6-v5-darwin-arm64" : "redis-server-6.2.6-v5-darwin-amd64";
    }
    try (InputStream in = RedisBinary.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException("embedded-redis has no " + name);
      }
      Path directory = Files.createTempDirectory("redis-binary");
      Path file = directory.resolve("redis-server");
      directory.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      Files.copy(in, file);
      if (!file.toFile().setExecutable(true)) {
        throw new IOException("can't make " + file + " executable");
      }
      Path checker = directory.resolve("redis-check-rdb");
      checker.toFile().deleteOnExit();
      Files.createSymbolicLink(checker, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
