package io.managedredis.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A repository in a folder of this machine. */
public final class LocalRepository implements Repository {
  /** The zstd level that keeps up with what a server sends. */
  public static final int DEFAULT_LEVEL = 1;

  private static final int HIGHEST_LEVEL = 19;
  private static final String PROBE = ".probe";
  private static final Logger log = LoggerFactory.getLogger(LocalRepository.class);

  private enum Claim {
    WRITING,
    DELETING,
    /** Should be gone, but could not be removed; tried again when there is more to do. */
    LEFT
  }

  private final Path root;
  private final int level;
  private final FileOperations files;
  private final FolderLock lock;
  private final String id;
  private final LocalBackups backups;
  private final BackupFolders folders;
  private final Keyring keyring;
  private final ManifestCodec manifests = new ManifestCodec();
  private final Map<BackupId, Claim> claims = new ConcurrentHashMap<>();

  private LocalRepository(
      Path root, int level, Keyring keyring, FileOperations files, FolderLock lock)
      throws RepositoryException {
    this.root = root;
    this.level = level;
    this.files = files;
    this.lock = lock;
    this.id = new RepositoryIdentity(root, files).readOrCreate();
    this.keyring = keyring;
    // Between the rename and its fsync a manifest can be seen, but could still be lost.
    this.backups =
        new LocalBackups(
            root,
            id,
            keyring,
            files,
            backup -> claims.get(backup) == Claim.WRITING || claims.get(backup) == Claim.LEFT);
    this.folders = backups.folders();
  }

  /**
   * Opens the repository in a folder, and creates it when the folder is missing or empty.
   *
   * @param level of zstd for what will be written, 1 to 19
   * @param keyring encrypts what will be written, and opens what is stored
   * @throws RepositoryException when another server has it open, when it is of another format, when
   *     its identity is damaged, or when the folder is somebody else's
   */
  public static LocalRepository open(Path folder, int level, Keyring keyring)
      throws RepositoryException {
    return open(folder, level, keyring, new DiskFiles());
  }

  /**
   * Opens the finished backups in the folder of a repository that a server may have open. It takes
   * no lock, creates nothing and changes nothing but verifications.
   *
   * @param keyring opens what is stored
   * @throws RepositoryException when the folder is no repository, or one of a newer format
   */
  public static StoredBackups openBeside(Path folder, Keyring keyring) throws RepositoryException {
    Path root;
    try {
      root = folder.toRealPath();
    } catch (IOException e) {
      throw RepositoryException.during("open the repository's folder", folder, e);
    }
    FileOperations files = new DiskFiles();
    String id = new RepositoryIdentity(root, files).read();
    return new LocalBackups(root, id, keyring, files, backup -> false);
  }

  static LocalRepository open(Path folder, int level, Keyring keyring, FileOperations files)
      throws RepositoryException {
    if (level < 1 || level > HIGHEST_LEVEL) {
      throw new IllegalArgumentException(
          "The compression level is " + level + ": expected 1 to " + HIGHEST_LEVEL);
    }
    Path root;
    try {
      createFolders(folder.toAbsolutePath().normalize(), files);
      root = folder.toRealPath();
    } catch (IOException e) {
      throw RepositoryException.during("create the repository's folder", folder, e);
    }
    FolderLock lock = FolderLock.acquire(root);
    try {
      return new LocalRepository(root, level, keyring, files, lock);
    } catch (RepositoryException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public String id() {
    return id;
  }

  int level() {
    return level;
  }

  Keyring keyring() {
    return keyring;
  }

  @Override
  public PendingBackup begin(BackupId backup) throws RepositoryException {
    requireOpen();
    removeLeft();
    if (claims.putIfAbsent(backup, Claim.WRITING) != null) {
      throw taken(backup);
    }
    try {
      folders.create(backup);
    } catch (FileAlreadyExistsException e) {
      release(backup);
      throw taken(backup);
    } catch (IOException e) {
      release(backup);
      removeEmptyClusters(e);
      throw RepositoryException.during("create", folders.folder(backup), e);
    }
    return new LocalPendingBackup(backup, this, folders, files, manifests);
  }

  /** The cluster's folder may have been created. */
  private void removeEmptyClusters(IOException after) {
    try {
      folders.removeEmptyClusters();
    } catch (IOException e) {
      after.addSuppressed(e);
    }
  }

  @Override
  public Optional<Manifest> manifest(BackupId backup) throws RepositoryException {
    return backups.manifest(backup);
  }

  @Override
  public boolean holds(BackupId backup) throws RepositoryException {
    return backups.holds(backup);
  }

  @Override
  public void forEachCommitted(Consumer<Manifest> visitor, DamageListener damage)
      throws RepositoryException {
    backups.forEachCommitted(visitor, damage);
  }

  @Override
  public InputStream open(BackupId backup, ShardManifest shard) throws RepositoryException {
    return backups.open(backup, shard);
  }

  @Override
  public InputStream open(BackupId backup, ShardManifest shard, long from, long length)
      throws RepositoryException {
    return backups.open(backup, shard, from, length);
  }

  @Override
  public boolean opens(ShardManifest shard) {
    return backups.opens(shard);
  }

  @Override
  public Optional<Verification> verification(BackupId backup) throws RepositoryException {
    return backups.verification(backup);
  }

  @Override
  public void record(Verification verification) throws RepositoryException {
    backups.record(verification);
  }

  @Override
  public void delete(BackupId backup) throws RepositoryException {
    requireOpen();
    removeLeft();
    if (!claimForRemoval(backup)) {
      throw new RepositoryException(
          "Backup " + backup + " is being written or deleted right now; wait for that to end");
    }
    try {
      if (folders.exists(backup)) {
        folders.remove(backup);
      }
    } catch (IOException e) {
      if (!folders.hasManifest(backup)) {
        leave(backup);
      }
      throw RepositoryException.during("delete", folders.folder(backup), e);
    } finally {
      claims.remove(backup, Claim.DELETING);
    }
  }

  private boolean claimForRemoval(BackupId backup) {
    return claims.putIfAbsent(backup, Claim.DELETING) == null
        || claims.replace(backup, Claim.LEFT, Claim.DELETING);
  }

  /** What a full or read-only disk kept us from removing; it may let us by now. */
  private void removeLeft() {
    backups.removeLeftDrafts();
    claims.forEach(
        (backup, claim) -> {
          if (claim == Claim.LEFT && claims.replace(backup, Claim.LEFT, Claim.DELETING)) {
            try {
              if (folders.exists(backup)) {
                folders.remove(backup);
              }
              folders.removeEmptyClusters();
              release(backup);
            } catch (IOException e) {
              leave(backup);
              log.warn("What is left of {} can still not be removed: {}", backup, e.getMessage());
            }
          }
        });
  }

  @Override
  public List<BackupId> leftovers() throws RepositoryException {
    List<BackupId> found = new ArrayList<>();
    backups.walk(
        backup -> {
          Claim claim = claims.get(backup);
          if ((claim == null || claim == Claim.LEFT) && !folders.hasManifest(backup)) {
            found.add(backup);
          }
        });
    return List.copyOf(found);
  }

  @Override
  public int removeLeftovers() throws RepositoryException {
    int removed = 0;
    for (BackupId backup : leftovers()) {
      if (removeLeftover(backup)) {
        removed++;
      }
    }
    backups.removeVerificationDrafts();
    try {
      folders.removeEmptyClusters();
    } catch (IOException e) {
      throw RepositoryException.during("remove empty folders from", root, e);
    }
    return removed;
  }

  private boolean removeLeftover(BackupId backup) throws RepositoryException {
    if (!claimForRemoval(backup)) {
      return false;
    }
    try {
      // Looked at again now that nobody else can commit or delete it.
      if (!folders.exists(backup) || folders.hasManifest(backup)) {
        return false;
      }
      log.info("Removing what is left of {}, which was never completed or was deleted", backup);
      return folders.remove(backup);
    } catch (IOException e) {
      throw RepositoryException.during("remove the leftover", folders.folder(backup), e);
    } finally {
      release(backup);
    }
  }

  @Override
  public long usableBytes() throws RepositoryException {
    requireOpen();
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw RepositoryException.during("ask for the free space of", root, e);
    }
  }

  @Override
  public synchronized void check() throws RepositoryException {
    requireOpen();
    Path probe = root.resolve(PROBE);
    byte[] content = id.getBytes(StandardCharsets.US_ASCII);
    try {
      files.delete(probe);
      try (FileChannel channel = files.create(probe)) {
        files.write(channel, ByteBuffer.wrap(content));
        files.force(channel);
      }
      byte[] found = DurableFile.read(probe, content.length).orElse(new byte[0]);
      if (!Arrays.equals(found, content)) {
        throw new IOException("what was read is not what was written");
      }
      files.delete(probe);
      files.forceDirectory(root);
    } catch (IOException e) {
      throw RepositoryException.during("use the repository by the probe", probe, e);
    }
  }

  @Override
  public void close() throws RepositoryException {
    backups.close();
    lock.close();
  }

  void requireOpen() throws RepositoryException {
    backups.requireOpen();
  }

  void release(BackupId backup) {
    claims.remove(backup);
  }

  /** It should be gone, but removing it failed. */
  void leave(BackupId backup) {
    claims.put(backup, Claim.LEFT);
  }

  private RepositoryException taken(BackupId backup) {
    return new RepositoryException(
        "Backup " + backup + " is already there in " + root + "; take another id");
  }

  private static void createFolders(Path folder, FileOperations files) throws IOException {
    Path parent = folder.getParent();
    if (Files.isDirectory(folder) || parent == null) {
      return;
    }
    createFolders(parent, files);
    files.createDirectory(folder);
    files.forceDirectory(parent);
  }
}
