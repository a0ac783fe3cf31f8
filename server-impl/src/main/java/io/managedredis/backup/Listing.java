package io.managedredis.backup;

import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.CatalogException;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.ManifestException;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes backups up into the catalogue. One that it could not take up is tried again with the next
 * backup or deletion; {@link Reconciliation} finds it at the next start, too.
 */
public final class Listing {
  /** When, for messages. */
  static final String LATER =
      "it is listed with the next backup or deletion that finds the disk working, or after the next"
          + " start";

  private static final Logger log = LoggerFactory.getLogger(Listing.class);

  private record Row(BackupEntry entry, boolean damaged) {}

  private final Repository repository;
  private final BackupCatalog catalog;
  private final Map<BackupId, Row> late = new ConcurrentHashMap<>();

  /** Works on the given parts, which it does not close. */
  public Listing(Repository repository, BackupCatalog catalog) {
    this.repository = repository;
    this.catalog = catalog;
  }

  /**
   * Lists a backup that is there.
   *
   * @param damaged what the last look at it found
   * @throws CatalogException when the catalogue fails
   */
  void add(BackupEntry entry, boolean damaged) {
    boolean unused = catalog.add(entry);
    if (damaged) {
      markDamaged(entry);
    }
  }

  /** It is listed by now, so it has to stay; the next start reads the mark from the repository. */
  private void markDamaged(BackupEntry entry) {
    try {
      boolean unused = catalog.markDamaged(entry.id(), true);
    } catch (CatalogException e) {
      log.error("Backup {} could not be noted as damaged before the next start", entry.id(), e);
    }
  }

  /** Lets {@link #catchUp} list it, when it is still there then. */
  void addLater(BackupId id, BackupEntry entry, boolean damaged) {
    late.put(id, new Row(entry, damaged));
  }

  /**
   * Lists what could not be listed before. One thread at a time: a second one could list again what
   * was deleted since.
   */
  synchronized void catchUp() {
    late.forEach(
        (id, row) -> {
          try {
            if (isThere(id)) {
              add(row.entry(), row.damaged());
              log.info("Backup {} is listed now", id);
            }
            late.remove(id);
          } catch (CatalogException | RepositoryException e) {
            log.warn("Backup {} can still not be listed: {}", id, e.getMessage());
          }
        });
  }

  private boolean isThere(BackupId id) throws RepositoryException {
    try {
      return repository.manifest(id).isPresent();
    } catch (ManifestException e) {
      log.warn("Backup {} has a manifest that can't be read: {}", id, e.getMessage());
      return true;
    }
  }
}
