package io.managedredis.bench;

import io.managedredis.catalog.Catalog;
import io.managedredis.http.BackupJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Fills a catalogue through its own code; {@code bench/api.sh} runs it. */
public final class CatalogFill {
  private CatalogFill() {}

  /**
   * Makes a catalogue and prints seconds, rows per second and bytes on the disk for each backup.
   *
   * @param arguments the file, which is not there yet, and how many backups
   */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    NumberedBackups backups = new NumberedBackups(Integer.parseInt(arguments[1]));
    long start = System.nanoTime();
    // Until it is closed, since only then all of it is in the file.
    try (Catalog catalog = Catalog.open(file, new BackupJson())) {
      long added = catalog.backups().addAll(backups.iterator());
      if (added != backups.count()) {
        throw new IllegalStateException(
            "%d of %d backups were new in %s".formatted(added, backups.count(), file));
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Output.line(
        String.format(
            Locale.ROOT,
            "%.2f %.0f %.1f",
            seconds,
            backups.count() / seconds,
            (double) Files.size(file) / backups.count()));
  }
}
