package io.managedredis.catalog;

import io.managedredis.catalog.CatalogException.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native code. The driver unpacks it into a temporary folder and removes it when the JVM
 * ends in order; a process that is killed would leave it there for ever. A library that is loaded
 * needs its file no longer, so the file goes at once.
 */
final class SqliteLibrary {
  private static final Logger log = LoggerFactory.getLogger(SqliteLibrary.class);

  /** Where the driver unpacks; see its README, "Configuration". */
  private static final String FOLDER = "org.sqlite.tmpdir";

  private SqliteLibrary() {}

  /**
   * Loads it, if it is not loaded.
   *
   * @throws CatalogException when there is no folder from which native code can be loaded
   */
  static synchronized void load() {
    String before = System.getProperty(FOLDER);
    Path parent = Path.of(before == null ? System.getProperty("java.io.tmpdir", "") : before);
    try {
      Path folder = Files.createTempDirectory(parent, "managed-redis-backup-");
      System.setProperty(FOLDER, folder.toString());
      try {
        boolean unused = SQLiteJDBCLoader.initialize();
      } finally {
        restore(before);
        remove(folder);
      }
    } catch (Exception e) {
      throw new CatalogException(
          Reason.OTHER,
          "SQLite could not be loaded from the temporary folder "
              + parent
              + ", which must be writable and not be mounted noexec; name another one with"
              + " -Djava.io.tmpdir=FOLDER",
          e);
    }
  }

  private static void restore(@Nullable String before) {
    if (before == null) {
      System.clearProperty(FOLDER);
    } else {
      System.setProperty(FOLDER, before);
    }
  }

  private static void remove(Path folder) {
    try {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      log.warn("The temporary folder {} could not be removed: {}", folder, e.toString());
    }
  }
}
