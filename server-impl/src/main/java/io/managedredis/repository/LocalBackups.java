package io.managedredis.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The finished backups in a folder of this machine. */
final class LocalBackups implements StoredBackups {
  /** A manifest of a thousand shards has about three million bytes. */
  private static final int MANIFEST_LIMIT = 64 << 20;

  /** What is read of JSON takes up to twenty times as much memory as its text. */
  private static final int MEMORY_PART = 32;

  private static final Logger log = LoggerFactory.getLogger(LocalBackups.class);

  private final Path root;
  private final String id;
  private final Keyring keyring;
  private final BackupFolders folders;
  private final VerificationFile verifications;
  private final Predicate<BackupId> hidden;
  private final ManifestCodec manifests = new ManifestCodec();
  private final VerificationCodec verificationCodec = new VerificationCodec();
  private volatile boolean closed;

  /**
   * @param hidden backups whose manifest may be there but is not yet durable
   */
  LocalBackups(
      Path root, String id, Keyring keyring, FileOperations files, Predicate<BackupId> hidden) {
    this.root = root;
    this.id = id;
    this.keyring = keyring;
    this.folders = new BackupFolders(root, files);
    this.verifications = new VerificationFile(folders, files);
    this.hidden = hidden;
  }

  @Override
  public String id() {
    return id;
  }

  BackupFolders folders() {
    return folders;
  }

  @Override
  public Optional<Manifest> manifest(BackupId backup) throws RepositoryException {
    requireOpen();
    Optional<byte[]> json = read(backup, folders.manifest(backup));
    return json.isPresent() ? Optional.of(manifests.decode(backup, json.get())) : Optional.empty();
  }

  @Override
  public boolean holds(BackupId backup) throws RepositoryException {
    requireOpen();
    if (hidden.test(backup)) {
      return false;
    }
    try {
      return folders.exists(backup) && folders.findsManifest(backup);
    } catch (IOException e) {
      throw RepositoryException.during("look for", folders.manifest(backup), e);
    }
  }

  @Override
  public void forEachCommitted(Consumer<Manifest> visitor, DamageListener damage)
      throws RepositoryException {
    walk(
        backup -> {
          Optional<Manifest> manifest;
          try {
            manifest = manifest(backup);
          } catch (RepositoryException e) {
            damage.damaged(backup, e);
            return;
          }
          manifest.ifPresent(visitor);
        });
  }

  @Override
  public InputStream open(BackupId backup, ShardManifest shard) throws RepositoryException {
    return open(backup, shard, file -> ShardInput.whole(file, backup, shard, keyring));
  }

  @Override
  public InputStream open(BackupId backup, ShardManifest shard, long from, long length)
      throws RepositoryException {
    if (from < 0 || length < 0 || from > shard.rawBytes() - length) {
      throw new IllegalArgumentException(
          length
              + " bytes from "
              + from
              + " on are not inside the "
              + shard.rawBytes()
              + " bytes of shard "
              + shard.name());
    }
    return open(backup, shard, file -> ShardInput.part(file, backup, shard, keyring, from, length));
  }

  /** Opens a file. */
  private interface Opening {
    InputStream of(Path file) throws IOException;
  }

  private InputStream open(BackupId backup, ShardManifest shard, Opening opening)
      throws RepositoryException {
    requireOpen();
    if (!Names.isShardName(shard.name()) || !shard.file().equals(Names.dataFile(shard.name()))) {
      throw new RepositoryException(
          "No snapshot is stored as "
              + Names.printable(shard.file())
              + " for shard "
              + Names.printable(shard.name()));
    }
    Path file = folders.folder(backup).resolve(shard.file());
    try {
      requireThere(backup);
      return opening.of(file);
    } catch (NoSuchFileException e) {
      requireManifest(backup);
      throw new DamagedSnapshotException(file, "is missing", e);
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw RepositoryException.during("read", file, e);
    }
  }

  @Override
  public boolean opens(ShardManifest shard) {
    return keyring.opens(shard);
  }

  @Override
  public Optional<Verification> verification(BackupId backup) throws RepositoryException {
    requireOpen();
    if (!folders.hasManifest(backup)) {
      return Optional.empty();
    }
    Optional<byte[]> json = read(backup, folders.verification(backup));
    return json.isPresent()
        ? Optional.of(verificationCodec.decode(backup, json.get()))
        : Optional.empty();
  }

  @Override
  public void record(Verification verification) throws RepositoryException {
    requireOpen();
    BackupId backup =
        BackupId.parse(verification.backupId())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        Names.printable(verification.backupId()) + " is not a backup's id"));
    Optional<Manifest> manifest = manifest(backup);
    if (manifest.isEmpty()) {
      throw RepositoryException.gone(backup);
    }
    byte[] json = verificationCodec.encode(backup, manifest.get(), verification);
    verifications.write(backup, json);
  }

  /** Removes the drafts of verifications that the disk kept us from removing. */
  void removeLeftDrafts() {
    verifications.removeLeft();
  }

  /** Removes what crashes left of verifications of backups that are there. */
  void removeVerificationDrafts() throws RepositoryException {
    walk(
        backup -> {
          if (!hidden.test(backup) && folders.hasManifest(backup)) {
            try {
              verifications.removeDrafts(backup);
            } catch (NoSuchFileException e) {
              log.debug("{} was deleted while it was tidied up", backup);
            }
          }
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  void requireOpen() throws RepositoryException {
    if (closed) {
      throw new RepositoryException("The repository " + root + " is closed");
    }
  }

  /** Visits every folder that may be a backup. */
  void walk(BackupFolders.Visitor visitor) throws RepositoryException {
    requireOpen();
    try {
      folders.forEach(visitor);
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw RepositoryException.during("list the backups in", root, e);
    }
  }

  private Optional<byte[]> read(BackupId backup, Path file) throws RepositoryException {
    // Between the rename and its fsync a manifest can be seen, but could still be lost.
    if (hidden.test(backup)) {
      return Optional.empty();
    }
    try {
      return folders.exists(backup) ? DurableFile.read(file, limit()) : Optional.empty();
    } catch (IOException e) {
      throw RepositoryException.during("read", file, e);
    }
  }

  /** No file may fill the memory that others need, whatever somebody put there. */
  private static int limit() {
    return (int) Math.min(MANIFEST_LIMIT, Runtime.getRuntime().maxMemory() / MEMORY_PART);
  }

  private void requireThere(BackupId backup) throws IOException {
    if (!folders.exists(backup)) {
      throw RepositoryException.gone(backup);
    }
    requireManifest(backup);
  }

  private void requireManifest(BackupId backup) throws RepositoryException {
    if (!folders.hasManifest(backup)) {
      throw RepositoryException.gone(backup);
    }
  }
}
