package io.managedredis.access;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where calls are put on record.
 *
 * @param file the log; older ones lie beside it, with a number behind their name; null for {@code
 *     audit.log} in the data folder
 * @param fileBytes how large a file gets before the next one is begun, 64 KiB or more
 * @param files how many are kept, the present one included, 2 or more
 */
public record AuditSettings(@Nullable Path file, int fileBytes, int files) {

  /** The same with the file named, which lies in that folder where none is. */
  public AuditSettings in(Path dataDir) {
    return file == null ? new AuditSettings(dataDir.resolve("audit.log"), fileBytes, files) : this;
  }
}
