package io.managedredis.repository;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders {@code <root>/<clusterId>/<suffix>}. Links are never followed; what we did not write
 * is logged and left alone.
 */
final class BackupFolders {
  private static final Logger log = LoggerFactory.getLogger(BackupFolders.class);

  /** How often a folder is emptied anew for verifications that other processes put there. */
  private static final int REMOVALS = 10;

  private final Path root;
  private final FileOperations files;

  /** Keeps the last removal in a cluster's folder from taking it away under a new backup. */
  private final Object clusterFolders = new Object();

  BackupFolders(Path root, FileOperations files) {
    this.root = root;
    this.files = files;
  }

  /** Sees one backup's folder. */
  @FunctionalInterface
  interface Visitor {
    void visit(BackupId id) throws IOException;
  }

  Path cluster(BackupId id) {
    return root.resolve(id.clusterId());
  }

  Path folder(BackupId id) {
    return cluster(id).resolve(id.suffix());
  }

  Path manifest(BackupId id) {
    return folder(id).resolve(Names.MANIFEST);
  }

  /** Whether the folder is there; something else in its place is an error. */
  boolean exists(BackupId id) throws IOException {
    return isFolder(cluster(id)) && isFolder(folder(id));
  }

  Path verification(BackupId id) {
    return folder(id).resolve(Names.VERIFICATION);
  }

  boolean hasManifest(BackupId id) {
    return Files.exists(manifest(id), LinkOption.NOFOLLOW_LINKS);
  }

  /** The same for whoever must not take a disk that fails for a backup that is gone. */
  boolean findsManifest(BackupId id) throws IOException {
    try {
      BasicFileAttributes unused =
          Files.readAttributes(manifest(id), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Makes the folder, and the cluster's when it is the first; fails when it is there. */
  void create(BackupId id) throws IOException {
    synchronized (clusterFolders) {
      if (!isFolder(cluster(id))) {
        files.createDirectory(cluster(id));
      }
      files.createDirectory(folder(id));
    }
  }

  /** Makes the way from the root to a backup's folder durable. */
  void forceParents(BackupId id) throws IOException {
    files.forceDirectory(cluster(id));
    files.forceDirectory(root);
  }

  /**
   * Removes the manifest durably, then the data, then the folder.
   *
   * @return whether nothing is left; foreign files are
   */
  boolean remove(BackupId id) throws IOException {
    Path folder = folder(id);
    files.delete(manifest(id));
    // Even when the manifest was already gone: its removal may never have reached the disk, and
    // no data may go before it has.
    files.forceDirectory(folder);
    for (int round = 1; ; round++) {
      if (!removeOurs(folder)) {
        return false;
      }
      try {
        removeEmpty(id);
        return true;
      } catch (DirectoryNotEmptyException e) {
        // Another process put a verification there meanwhile; without a manifest it is the last.
        if (round == REMOVALS) {
          throw e;
        }
      }
    }
  }

  /** Removes what a crash left of the verifications of a backup that is there. */
  void removeVerificationDrafts(BackupId id) throws IOException {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            folder(id), entry -> Names.isVerificationDraft(name(entry)) && isRealFile(entry))) {
      for (Path draft : entries) {
        files.delete(draft);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private boolean removeOurs(Path folder) throws IOException {
    boolean foreign = false;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (Names.isOurs(name(entry)) && isRealFile(entry)) {
          files.delete(entry);
        } else if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
          foreign = true;
          leftAlone(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return !foreign;
  }

  private void removeEmpty(BackupId id) throws IOException {
    synchronized (clusterFolders) {
      files.delete(folder(id));
      if (!removeIfEmpty(cluster(id))) {
        files.forceDirectory(cluster(id));
      }
    }
  }

  /** A crash can leave the folder of a cluster without any backup. */
  void removeEmptyClusters() throws IOException {
    try (DirectoryStream<Path> clusters = Files.newDirectoryStream(root)) {
      for (Path cluster : clusters) {
        if (isCluster(cluster)) {
          synchronized (clusterFolders) {
            removeIfEmpty(cluster);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** Visits every folder that may be a backup, with or without a manifest. */
  void forEach(Visitor visitor) throws IOException {
    try (DirectoryStream<Path> clusters = Files.newDirectoryStream(root)) {
      for (Path cluster : clusters) {
        if (isCluster(cluster)) {
          forEachOf(cluster, visitor);
        } else if (!isOwnFileOfRoot(name(cluster))) {
          leftAlone(cluster);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void forEachOf(Path cluster, Visitor visitor) throws IOException {
    try (DirectoryStream<Path> backups = Files.newDirectoryStream(cluster)) {
      for (Path backup : backups) {
        if (Names.isSuffix(name(backup)) && isRealFolder(backup)) {
          visitor.visit(new BackupId(name(cluster), name(backup)));
        } else {
          leftAlone(backup);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("{} went away with its last backup while it was listed", cluster);
    }
  }

  private boolean removeIfEmpty(Path cluster) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(cluster)) {
      if (entries.iterator().hasNext()) {
        return false;
      }
    } catch (NoSuchFileException e) {
      return true;
    }
    files.delete(cluster);
    files.forceDirectory(root);
    return true;
  }

  private static boolean isCluster(Path entry) {
    return Names.isClusterId(name(entry)) && isRealFolder(entry);
  }

  private static boolean isRealFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isRealFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isFolder(Path path) throws IOException {
    if (isRealFolder(path)) {
      return true;
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(
          path.toString(), null, "it is a file or a symbolic link, not a folder of ours");
    }
    return false;
  }

  private static boolean isOwnFileOfRoot(String name) {
    return name.startsWith(".")
        || name.equals(RepositoryIdentity.FILE)
        || name.equals(RepositoryIdentity.DRAFT)
        || name.equals("lost+found");
  }

  private static String name(Path entry) {
    return String.valueOf(entry.getFileName());
  }

  private static void leftAlone(Path entry) {
    log.warn("{} is not ours; it was left alone", Names.printable(entry.toString()));
  }
}
