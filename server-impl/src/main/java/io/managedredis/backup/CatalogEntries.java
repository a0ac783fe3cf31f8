package io.managedredis.backup;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;

/** What the catalogue says of a backup, derived from the manifest, which is the truth. */
final class CatalogEntries {

  private CatalogEntries() {}

  /** Whether something was found wrong with it while it was captured. */
  static boolean damaged(Manifest manifest) {
    return manifest.shards().stream().anyMatch(shard -> shard.proof().damaged());
  }

  static BackupEntry of(Manifest manifest) {
    return new BackupEntry(
        manifest.backupId(),
        manifest.folderId(),
        manifest.clusterId(),
        manifest.startedAt(),
        manifest.createdAt(),
        switch (manifest.type()) {
          case AUTOMATED -> BackupType.AUTOMATED;
          case MANUAL -> BackupType.MANUAL;
        },
        manifest.shards().stream().map(ShardManifest::name).toList(),
        manifest.shards().stream().mapToLong(ShardManifest::rawBytes).sum(),
        manifest.shards().stream().mapToLong(ShardManifest::storedBytes).sum());
  }
}
