package io.managedredis.backup;

import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.CatalogException;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes backups, in the opposite order of writing: the catalogue's row, the manifest, the data.
 * So whatever is listed is there, at every moment.
 */
public final class BackupRemover {

  private static final Logger log = LoggerFactory.getLogger(BackupRemover.class);

  private final Repository repository;
  private final BackupCatalog catalog;
  private final Listing listing;

  /** Works on the given parts, which it does not close. */
  public BackupRemover(Repository repository, BackupCatalog catalog, Listing listing) {
    this.repository = repository;
    this.catalog = catalog;
    this.listing = listing;
  }

  /**
   * Deletes a backup; one that is gone already, or half gone after a crash, is fine.
   *
   * @throws BackupFailedException when the backup could not be removed; it is listed again then, or
   *     as soon as the catalogue lets us
   */
  public void delete(BackupId id) throws BackupFailedException {
    listing.catchUp();
    String kept = "Backup " + id + " could not be removed and is kept";
    Optional<BackupEntry> entry;
    boolean damaged;
    boolean listed;
    try {
      entry = catalog.find(id.toString());
      damaged = catalog.damaged(id.toString()).orElse(false);
      listed = catalog.remove(id.toString());
    } catch (CatalogException e) {
      throw BackupFailedException.cataloguing(kept + ": ", e);
    }
    try {
      repository.delete(id);
    } catch (RepositoryException e) {
      if (stillThere(id)) {
        if (listed) {
          kept += listAgain(id, entry.orElseThrow(), damaged, e);
        }
        throw BackupFailedException.storing(kept + ": ", e);
      }
      // Without its manifest it is no backup any more; the repository removes what is left later.
      log.warn("Backup {} is deleted, but some of its data is left: {}", id, e.getMessage());
    }
  }

  /** What remains to be said of a backup that is kept. */
  private String listAgain(BackupId id, BackupEntry entry, boolean damaged, RepositoryException e) {
    try {
      listing.add(entry, damaged);
      return "";
    } catch (CatalogException adding) {
      e.addSuppressed(adding);
      listing.addLater(id, entry, damaged);
      return ", but the catalogue could not take it up again: " + Listing.LATER;
    }
  }

  private boolean stillThere(BackupId id) {
    try {
      return repository.manifest(id).isPresent();
    } catch (RepositoryException e) {
      // A manifest that can't be read is one that is there.
      log.warn("Whether backup {} is still there can't be told: {}", id, e.getMessage());
      return true;
    }
  }
}
