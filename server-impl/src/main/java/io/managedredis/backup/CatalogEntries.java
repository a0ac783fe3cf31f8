package io.managedredis.backup;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;

/** What the catalogue says of a backup, derived from the manifest, which is the truth. */
final class CatalogEntries {

  private CatalogEntries() {}

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
