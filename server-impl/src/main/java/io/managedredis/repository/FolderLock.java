package io.managedredis.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second server out of the same folder. The operating system drops the lock with the
 * process, so a crash leaves nothing to clean; the file itself stays, since removing it would let
 * two in.
 */
final class FolderLock implements AutoCloseable {
  static final String FILE = ".lock";

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static FolderLock acquire(Path root) throws RepositoryException {
    Path file = root.resolve(FILE);
    try {
      requireFile(file);
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
      if (tryLock(channel) == null) {
        channel.close();
        throw new RepositoryException(
            "The repository "
                + root
                + " is in use by another server, which holds "
                + file
                + ". Stop that one, or give this one another data folder");
      }
      return new FolderLock(file, channel);
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw RepositoryException.during("lock", file, e);
    }
  }

  /** Opening a pipe would wait for whoever reads from it. */
  private static void requireFile(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(file.toString(), null, "it is not a regular file");
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws RepositoryException {
    try {
      channel.close();
    } catch (IOException e) {
      throw RepositoryException.during("unlock", file, e);
    }
  }
}
