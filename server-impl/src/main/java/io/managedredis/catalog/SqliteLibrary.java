package io.managedredis.catalog;

import io.managedredis.catalog.CatalogException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native code. The driver would unpack it into a temporary folder, compare byte after byte
 * what it wrote, which takes longer than all else about it, and remove it when the JVM ends in
 * order; a process that is killed would leave it there for ever. So it is unpacked here, and since
 * a library that is loaded needs its file no longer, the file goes at once.
 */
final class SqliteLibrary {
  private static final Logger log = LoggerFactory.getLogger(SqliteLibrary.class);

  /** Where the driver unpacks, or finds what is unpacked; see its README, "Configuration". */
  private static final String UNPACK_FOLDER = "org.sqlite.tmpdir";

  private static final String LIBRARY_FOLDER = "org.sqlite.lib.path";

  private SqliteLibrary() {}

  /**
   * Loads it, if it is not loaded.
   *
   * @throws CatalogException when there is no folder from which native code can be loaded
   */
  static synchronized void load() {
    String before = System.getProperty(UNPACK_FOLDER);
    Path parent = Path.of(before == null ? System.getProperty("java.io.tmpdir", "") : before);
    try {
      Path folder = Files.createTempDirectory(parent, "managed-redis-backup-");
      try {
        initialize(folder);
      } finally {
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

  private static void initialize(Path folder) throws Exception {
    String setting =
        System.getProperty(LIBRARY_FOLDER) == null && unpack(folder)
            ? LIBRARY_FOLDER
            : UNPACK_FOLDER;
    String was = System.setProperty(setting, folder.toString());
    try {
      boolean unused = SQLiteJDBCLoader.initialize();
    } finally {
      restore(setting, was);
    }
  }

  /** Whether the driver has a library for this machine, which is then in the folder. */
  private static boolean unpack(Path folder) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    try (InputStream library =
        SQLiteJDBCLoader.class.getResourceAsStream(
            LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
      if (library == null) {
        return false;
      }
      long unused = Files.copy(library, folder.resolve(name));
      return true;
    }
  }

  private static void restore(String setting, @Nullable String before) {
    if (before == null) {
      System.clearProperty(setting);
    } else {
      System.setProperty(setting, before);
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
