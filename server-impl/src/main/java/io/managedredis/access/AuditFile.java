package io.managedredis.access;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file of the audit log, open under whatever name it has by now. It stays open as long as
 * somebody has a line in it to end. Not through a FileChannel, which the interrupt of any thread
 * that writes would close for all of them.
 *
 * <p>Whoever calls a method holds the log's lock, except for {@link #force}.
 */
final class AuditFile {
  private final RandomAccessFile content;
  private final @Nullable Object key;
  private final Object forcing = new Object();
  private int users = 1;

  /** The system tells a failure to write back once; what is lost stays lost. */
  private boolean lossy;

  private AuditFile(RandomAccessFile content, @Nullable Object key) {
    this.content = content;
    this.key = key;
  }

  /** Opens a file or makes it, mode 0600. A last line that a crash cut off gets its line end. */
  static AuditFile open(Path file) throws IOException {
    PrivateFile.createIfAbsent(file);
    PrivateFile.forceFolder(file);
    RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw");
    boolean complete = false;
    try {
      AuditFile opened = new AuditFile(content, key(file).orElse(null));
      opened.endLastLine();
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        content.close();
      }
    }
  }

  /** Whether a path still leads to this file: somebody may have removed or replaced it. */
  boolean isAt(Path file) throws IOException {
    try {
      return Objects.equals(key, key(file).orElse(null));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  long length() throws IOException {
    return content.length();
  }

  /** Adds bytes to the end; when that fails, none of them stay. */
  void append(byte[] bytes) throws IOException {
    long start = content.length();
    try {
      content.seek(start);
      content.write(bytes);
    } catch (IOException e) {
      try {
        content.setLength(start);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** Writes bytes over those that are there. */
  void overwrite(long position, byte[] bytes) throws IOException {
    if (content.length() < position + bytes.length) {
      throw new IOException("somebody has cut the file short");
    }
    content.seek(position);
    content.write(bytes);
  }

  /** Waits until all that was written is on disk; needs no lock, but to be one of the users. */
  void force() throws IOException {
    synchronized (forcing) {
      if (lossy) {
        throw new IOException("what was written before did not reach the disk");
      }
      lossy = true;
      content.getFD().sync();
      lossy = false;
    }
  }

  void retain() {
    users++;
  }

  void release() throws IOException {
    users--;
    if (users == 0) {
      content.close();
    }
  }

  private void endLastLine() throws IOException {
    long length = content.length();
    if (length > 0) {
      content.seek(length - 1);
      if (content.read() != '\n') {
        append(new byte[] {'\n'});
      }
    }
  }

  private static Optional<Object> key(Path file) throws IOException {
    return Optional.ofNullable(
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
  }
}
