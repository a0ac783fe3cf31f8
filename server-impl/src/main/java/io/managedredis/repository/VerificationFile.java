package io.managedredis.repository;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the last verification beside a backup's manifest. A server and command lines beside it may
 * do that at once, and while the backup is being deleted: the last one stays, and none stays behind
 * a backup that is gone.
 */
final class VerificationFile {
  /** A server that starts takes the draft of another process for one that a crash left. */
  private static final int ATTEMPTS = 3;

  private static final Logger log = LoggerFactory.getLogger(VerificationFile.class);

  private final BackupFolders folders;
  private final FileOperations files;

  /** Our drafts that the disk kept us from removing. */
  private final Set<Path> left = new HashSet<>();

  VerificationFile(BackupFolders folders, FileOperations files) {
    this.folders = folders;
    this.files = files;
  }

  synchronized void write(BackupId id, byte[] json) throws RepositoryException {
    removeLeft();
    Path target = folders.verification(id);
    try {
      for (int attempt = 1; !replaced(id, target, json); attempt++) {
        if (attempt == ATTEMPTS) {
          throw new IOException("its draft was removed by somebody else");
        }
      }
      if (!folders.hasManifest(id)) {
        files.delete(target);
        throw RepositoryException.gone(id);
      }
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw RepositoryException.during("keep the verification", target, e);
    }
  }

  /** What a full or read-only disk kept us from removing; it may let us by now. */
  synchronized void removeLeft() {
    left.removeIf(
        draft -> {
          try {
            files.delete(draft);
            return true;
          } catch (IOException e) {
            log.warn("The draft {} can still not be removed: {}", draft, e.getMessage());
            return false;
          }
        });
  }

  /** What drafts there are was left by a crash: none of this process can be there now. */
  synchronized void removeDrafts(BackupId id) throws IOException {
    folders.removeVerificationDrafts(id);
  }

  private boolean replaced(BackupId id, Path target, byte[] json) throws IOException {
    if (!folders.exists(id) || !folders.hasManifest(id)) {
      throw RepositoryException.gone(id);
    }
    Path draft = target.resolveSibling(Names.verificationDraft());
    try {
      new DurableFile(files).write(draft, target, json);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      try {
        files.delete(draft);
      } catch (IOException leaving) {
        left.add(draft);
        e.addSuppressed(leaving);
      }
      throw e;
    }
  }
}
