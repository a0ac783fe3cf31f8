package io.managedredis.backup;

import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ManifestException;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes catalogue and repository agree at start. The repository is the truth: a crash, a lost
 * database or a folder that was copied back by hand all end in the same state.
 */
public final class Reconciliation {

  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);
  private static final int PAGE = 1000;

  private final Repository repository;
  private final BackupCatalog catalog;

  /** Works on the given parts, which it does not close. */
  public Reconciliation(Repository repository, BackupCatalog catalog) {
    this.repository = repository;
    this.catalog = catalog;
  }

  /**
   * Removes the leftovers of interrupted backups and deletions, catalogues backups without a row,
   * and removes rows without a backup. A damaged manifest stays where it is and is logged. Nothing
   * else may use the two meanwhile.
   *
   * @throws RepositoryException when the repository can't be read
   */
  public void run() throws RepositoryException {
    int leftovers = repository.removeLeftovers();
    if (leftovers > 0) {
      log.info("Removed what {} interrupted backups or deletions left", leftovers);
    }
    NewRows rows = new NewRows();
    Map<String, Integer> locked = new TreeMap<>();
    repository.forEachCommitted(
        manifest -> {
          Optional<Boolean> known = catalog.damaged(manifest.backupId());
          manifest.shards().stream()
              .filter(shard -> !repository.opens(shard))
              .map(ShardManifest::keyId)
              .distinct()
              .forEach(key -> locked.merge(key, 1, Integer::sum));
          boolean damaged = damaged(manifest);
          if (known.isEmpty()) {
            rows.add(CatalogEntries.of(manifest), damaged);
          } else if (known.get() != damaged) {
            boolean unused = catalog.markDamaged(manifest.backupId(), damaged);
          }
        },
        (id, damage) -> {
          log.error(
              "Backup {} has a manifest that can't be read and is left alone: {}",
              id,
              damage.getMessage());
          if (damage instanceof ManifestException) {
            // Without a row, there is nothing to mark.
            boolean unused = catalog.markDamaged(id.toString(), true);
          }
        });
    long added = rows.finish();
    locked.forEach(
        (key, backups) ->
            log.warn(
                "{} backups are encrypted with key {}, which is not at hand: nobody can read them"
                    + " until it is in the keyset of encryption.keysetFile again",
                backups,
                key));
    if (added > 0) {
      log.info("Catalogued {} backups that the repository holds", added);
    }
    int removed = removeRowsWithoutBackup();
    if (removed > 0) {
      log.warn("Removed {} backups from the catalogue that the repository does not hold", removed);
    }
  }

  /** Backups without a row, catalogued many at a time. */
  private final class NewRows {
    private final List<BackupEntry> entries = new ArrayList<>();
    private final List<String> damaged = new ArrayList<>();
    private long added;

    void add(BackupEntry entry, boolean isDamaged) {
      entries.add(entry);
      if (isDamaged) {
        damaged.add(entry.id());
      }
      if (entries.size() == PAGE) {
        write();
      }
    }

    /** Writes what is left; says how many there were in all. */
    long finish() {
      write();
      return added;
    }

    private void write() {
      added += catalog.addAll(entries.iterator());
      for (String id : damaged) {
        boolean unused = catalog.markDamaged(id, true);
      }
      entries.clear();
      damaged.clear();
    }
  }

  /** What the last look at it found. */
  private boolean damaged(Manifest manifest) {
    BackupId id =
        BackupId.parse(manifest.backupId())
            .orElseThrow(() -> new IllegalStateException("no backup id: " + manifest.backupId()));
    try {
      return manifest.damaged(repository.verification(id).orElse(null));
    } catch (RepositoryException e) {
      log.error(
          "The last verification of backup {} can't be read; verify it again: {}",
          id,
          e.getMessage());
      return manifest.damaged(null);
    }
  }

  private int removeRowsWithoutBackup() throws RepositoryException {
    int removed = 0;
    String after = null;
    while (true) {
      List<String> ids = catalog.idsAfter(after, PAGE);
      for (String id : ids) {
        Optional<BackupId> parsed = BackupId.parse(id);
        if (parsed.isEmpty() || !isThere(parsed.get())) {
          log.warn("Backup {} is not in the repository any more", id);
          removed += catalog.remove(id) ? 1 : 0;
        }
      }
      if (ids.size() < PAGE) {
        return removed;
      }
      after = ids.get(ids.size() - 1);
    }
  }

  /** What can't be looked at is there: one backup must not stop the server. */
  private boolean isThere(BackupId id) {
    try {
      return repository.holds(id);
    } catch (RepositoryException e) {
      log.debug("Whether backup {} is there can't be told", id, e);
      return true;
    }
  }
}
