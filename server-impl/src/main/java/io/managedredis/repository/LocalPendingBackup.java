package io.managedredis.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A backup's folder before its manifest is there. */
final class LocalPendingBackup implements PendingBackup, LocalShardWriter.Owner {
  private final BackupId id;
  private final LocalRepository repository;
  private final BackupFolders folders;
  private final FileOperations files;
  private final ManifestCodec manifests;

  private final Set<LocalShardWriter> writing = new HashSet<>();
  private final Map<String, StoredShard> stored = new HashMap<>();
  private boolean closed;

  LocalPendingBackup(
      BackupId id,
      LocalRepository repository,
      BackupFolders folders,
      FileOperations files,
      ManifestCodec manifests) {
    this.id = id;
    this.repository = repository;
    this.folders = folders;
    this.files = files;
    this.manifests = manifests;
  }

  @Override
  public BackupId id() {
    return id;
  }

  @Override
  public synchronized ShardWriter shard(String shardName) throws RepositoryException {
    if (!Names.isShardName(shardName)) {
      throw new IllegalArgumentException(
          Names.printable(shardName) + " is not a shard's name: 1 to 63 letters, digits, _ and -");
    }
    requireOpen();
    if (isWriting(shardName) || stored.containsKey(shardName)) {
      throw new RepositoryException(
          "Shard " + shardName + " of backup " + id + " is already there; discard it first");
    }
    LocalShardWriter writer =
        new LocalShardWriter(
            id, shardName, file(shardName), repository.level(), repository.keyring(), files, this);
    writing.add(writer);
    return writer;
  }

  @Override
  public synchronized void discard(String shardName) throws RepositoryException {
    requireOpen();
    if (isWriting(shardName)) {
      throw new RepositoryException(
          "Shard " + shardName + " of backup " + id + " is still being written; close it first");
    }
    if (!stored.containsKey(shardName)) {
      return;
    }
    try {
      files.delete(file(shardName));
    } catch (IOException e) {
      throw RepositoryException.during("remove", file(shardName), e);
    }
    stored.remove(shardName);
  }

  @Override
  public synchronized void commit(Manifest manifest) throws RepositoryException {
    requireOpen();
    if (!writing.isEmpty()) {
      throw new RepositoryException(
          "Backup " + id + " cannot be committed: " + writing.size() + " shards are unfinished");
    }
    byte[] json = manifests.encode(id, manifest);
    requireSameShards(manifest.shards());
    Path folder = folders.folder(id);
    try {
      files.forceDirectory(folder);
      folders.forceParents(id);
      new DurableFile(files)
          .write(folder.resolve(Names.MANIFEST_DRAFT), folders.manifest(id), json);
    } catch (IOException e) {
      throw RepositoryException.during("commit", folder, e);
    }
    closed = true;
    repository.release(id);
  }

  @Override
  public void close() throws RepositoryException {
    List<LocalShardWriter> unfinished;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      unfinished = List.copyOf(writing);
    }
    boolean removed = false;
    // Outside the lock: a writer that finishes right now holds its own and wants ours.
    try {
      for (LocalShardWriter writer : unfinished) {
        writer.close();
      }
      repository.requireOpen();
      folders.remove(id);
      removed = true;
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw RepositoryException.during("remove the unfinished", folders.folder(id), e);
    } finally {
      if (removed) {
        repository.release(id);
      } else {
        repository.leave(id);
      }
    }
  }

  @Override
  public synchronized void finished(LocalShardWriter writer, StoredShard shard) {
    writing.remove(writer);
    stored.put(writer.shardName(), shard);
  }

  @Override
  public synchronized void abandoned(LocalShardWriter writer) {
    writing.remove(writer);
  }

  private Path file(String shardName) {
    return folders.folder(id).resolve(Names.dataFile(shardName));
  }

  private boolean isWriting(String shardName) {
    return writing.stream().anyMatch(writer -> writer.shardName().equals(shardName));
  }

  private void requireOpen() throws RepositoryException {
    repository.requireOpen();
    if (closed) {
      throw new RepositoryException("Backup " + id + " was already committed or closed");
    }
  }

  private void requireSameShards(List<ShardManifest> shards) throws ManifestException {
    for (int i = 0; i < shards.size(); i++) {
      ShardManifest shard = shards.get(i);
      StoredShard found = stored.get(shard.name());
      StoredShard named =
          new StoredShard(
              shard.file(),
              shard.encryption(),
              shard.keyId(),
              shard.rawBytes(),
              shard.storedBytes(),
              shard.rawSha256());
      if (!named.equals(found)) {
        throw new ManifestException(
            Document.manifest(id),
            "shards[" + i + "]",
            "says " + named + ", what was stored is " + found);
      }
    }
    if (shards.size() != stored.size()) {
      throw new ManifestException(
          Document.manifest(id),
          "shards",
          "has " + shards.size() + ", what was stored is " + stored.keySet());
    }
  }
}
