package io.managedredis.access;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts calls on record: one JSON object and a line each, in a file that gets a number when it is
 * full. Safe for use by many threads; one process has it.
 *
 * <p>A call that changes something has its line, durably, before it changes anything, with the
 * outcome {@code UNKNOWN}; its end is written over that. So a full disk is noticed while the call
 * can still be refused, and what a crash leaves is true.
 */
public final class AuditLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  /** One server may start while the one before it still ends. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** {@code UNAVAILABLE} of google.rpc.Code. */
  private static final int UNAVAILABLE = 14;

  private final Path file;
  private final AuditSettings settings;
  private final LockFile held;
  private final Object writing = new Object();

  /** Null when it has to be opened again. */
  private @Nullable AuditFile current;

  private boolean closed;
  private volatile boolean broken;

  private AuditLog(Path file, AuditSettings settings, LockFile held, AuditFile current) {
    this.file = file;
    this.settings = settings;
    this.held = held;
    this.current = current;
  }

  /**
   * Opens the log, or makes it with mode 0600, and goes on behind what is there.
   *
   * @param settings with a file; {@link AuditSettings#in} names one
   * @throws AuditException when its folder is missing or may not be written, the file can't be
   *     written, or another process has it
   */
  public static AuditLog open(AuditSettings settings) throws AuditException {
    if (settings.file() == null) {
      throw new IllegalArgumentException("the settings name no file");
    }
    Path file = settings.file().toAbsolutePath();
    @Nullable LockFile held = null;
    try {
      Path folder = PrivateFile.folder(file);
      if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
        throw new FileSystemException(
            file.toString(), null, "its folder is not there, or this user may not write to it");
      }
      held = LockFile.of(file, PATIENCE);
      return new AuditLog(file, settings, held, AuditFile.open(file));
    } catch (IOException e) {
      if (held != null) {
        closeQuietly(held, e);
      }
      throw unwritable(file, "Name another one as audit.file, or make it writable", e);
    }
  }

  /**
   * Puts a call that will change something on record, before it does. {@link Entry#end} has to be
   * called, whatever happens.
   *
   * @throws AuditException when that is not on disk for sure: the call has to be refused
   */
  public Entry begin(AuditRecord call) throws AuditException {
    AuditLine line = new AuditLine(call);
    Entry entry;
    try {
      synchronized (writing) {
        AuditFile used = fileFor(line.mostBytes());
        long start = used.length();
        try {
          used.append(line.at(start, line.open()));
        } catch (IOException e) {
          drop(used);
          throw e;
        }
        used.retain();
        entry = new Entry(line, used, line.tailAt(start));
      }
    } catch (IOException e) {
      broken = true;
      throw refused(e);
    }
    try {
      entry.used.force();
    } catch (IOException e) {
      // The line may be there all the same; nothing was changed. The file is not used again.
      entry.end(AuditOutcome.FAILED, UNAVAILABLE, null, null);
      broken = true;
      throw refused(e);
    }
    broken = false;
    return entry;
  }

  /**
   * Puts a call on record that was not let in, or not allowed. A crash may lose it; a failure to
   * write it goes to the log with the whole line, and to nobody else.
   *
   * @param code what it was answered with, of google.rpc.Code
   */
  public void denied(AuditRecord call, int code) {
    AuditLine line = new AuditLine(call);
    byte[] tail = line.tail(AuditOutcome.DENIED, code, null, null);
    try {
      synchronized (writing) {
        AuditFile used = fileFor(line.mostBytes());
        try {
          used.append(line.at(used.length(), tail));
        } catch (IOException e) {
          drop(used);
          throw e;
        }
      }
    } catch (IOException e) {
      broken = true;
      log.error(
          "{} can't be written: {}; not on record: {}", file, e.getMessage(), line.text(tail));
    }
  }

  /** Whether a write failed, and no call that changes something could be put on record since. */
  public boolean isBroken() {
    return broken;
  }

  /** A call that changes something, on record since before it did. */
  public final class Entry {
    private final AuditLine line;
    private final AuditFile used;
    private final long tailAt;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Entry(AuditLine line, AuditFile used, long tailAt) {
      this.line = line;
      this.used = used;
      this.tailAt = tailAt;
    }

    /**
     * Puts the end on record, durably. When that fails, the log gets the whole line, and the next
     * calls are refused until one can be written again.
     *
     * @param code what it was answered with, of google.rpc.Code; 0 for fine
     * @param folder the folder, where it was not known at the start; null otherwise
     * @param operation the id of the operation that it started; null for none
     * @throws IllegalStateException when it has ended already
     */
    public void end(
        AuditOutcome outcome, int code, @Nullable String folder, @Nullable String operation) {
      if (!ended.compareAndSet(false, true)) {
        throw new IllegalStateException("the call has ended already");
      }
      byte[] tail = line.tail(outcome, code, folder, operation);
      try {
        try {
          synchronized (writing) {
            used.overwrite(tailAt, tail);
          }
          used.force();
        } catch (IOException e) {
          synchronized (writing) {
            drop(used);
          }
          throw e;
        } finally {
          synchronized (writing) {
            used.release();
          }
        }
      } catch (IOException e) {
        broken = true;
        log.error(
            "{} can't be written: {}; may be on record as UNKNOWN: {}",
            file,
            e.getMessage(),
            line.text(tail));
      }
    }
  }

  /** The file to append to, opened again or a new one where needed. */
  private AuditFile fileFor(int bytes) throws IOException {
    if (closed) {
      throw new IOException("the log is closed");
    }
    AuditFile used = current;
    if (used != null && !used.isAt(file)) {
      log.warn("{} was removed or replaced; a new one is begun", file);
      drop(used);
      used = null;
    }
    if (used == null) {
      used = AuditFile.open(file);
      current = used;
    }
    long length = used.length();
    if (length > 0 && length + bytes > settings.fileBytes()) {
      for (Rotation.Move move : new Rotation(file, settings.files()).moves()) {
        move.make();
      }
      drop(used);
      used = AuditFile.open(file);
      current = used;
    }
    return used;
  }

  /** Goes on with another file; whoever has a line in this one can still end it. */
  private void drop(AuditFile used) throws IOException {
    if (used == current) {
      current = null;
      used.release();
    }
  }

  private AuditException refused(IOException e) {
    return unwritable(file, "What can't be put on record is refused", e);
  }

  private static AuditException unwritable(Path file, String advice, IOException e) {
    String reason =
        e instanceof FileSystemException system && system.getReason() != null
            ? system.getReason()
            : String.valueOf(e.getMessage());
    return new AuditException(
        "The audit log " + file + " can't be written: " + reason + ". " + advice, e);
  }

  private static void closeQuietly(LockFile held, IOException cause) {
    try {
      held.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Closes the file, once the calls that are on record have ended. */
  @Override
  public void close() throws IOException {
    synchronized (writing) {
      if (closed) {
        return;
      }
      closed = true;
      try (held) {
        AuditFile used = current;
        if (used != null) {
          try {
            used.force();
          } finally {
            drop(used);
          }
        }
      }
    }
  }
}
