package io.managedredis.catalog;

import io.managedredis.catalog.CatalogException.Reason;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of the backups, ready to be sent. A backup that another process deletes is gone
 * from the next read on. Every method throws {@link CatalogException} when the database fails. For
 * any number of threads.
 */
public final class BackupDocuments implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BackupDocuments.class);
  private static final int MOST_READERS =
      Math.min(16, Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));

  private final Path file;
  private final Duration lockWait;
  private final Semaphore free = new Semaphore(MOST_READERS);
  // The one used last comes first: it has the most of the database in its cache.
  private final ConcurrentLinkedDeque<DocumentReader> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /**
   * @param lockWait how long a read waits for a lock; zero: it must not wait for anything, neither
   *     for a connection
   */
  BackupDocuments(Path file, Duration lockWait) {
    this.file = file;
    this.lockWait = lockWait;
  }

  /** What a reader is asked. */
  private interface Query<T> {
    T of(DocumentReader reader) throws SQLException;
  }

  /** The document of that backup, or empty when there is no such backup. */
  public Optional<BackupDocument> document(String id) {
    return read("read a backup", reader -> reader.document(id));
  }

  /**
   * The next backups of a folder, newest first.
   *
   * @param after the last one of the page before; null for the first page
   * @param size how many at most, 1 or more
   */
  public DocumentPage byFolder(String folderId, @Nullable Position after, int size) {
    KeysetQuery.requireLimit(size);
    return read("list the backups of a folder", reader -> reader.byFolder(folderId, after, size));
  }

  /**
   * The next backups of a cluster, newest first.
   *
   * @param after the last one of the page before; null for the first page
   * @param size how many at most, 1 or more
   */
  public DocumentPage byCluster(String clusterId, @Nullable Position after, int size) {
    KeysetQuery.requireLimit(size);
    return read(
        "list the backups of a cluster", reader -> reader.byCluster(clusterId, after, size));
  }

  private <T> T read(String what, Query<T> query) {
    DocumentReader reader = null;
    boolean sound = false;
    acquire(what);
    try {
      reader = idle.pollFirst();
      if (reader == null) {
        reader = new DocumentReader(file, lockWait);
      }
      T answer = query.of(reader);
      sound = true;
      return answer;
    } catch (SQLException | RuntimeException e) {
      throw failed(what, e);
    } finally {
      if (reader != null) {
        release(reader, sound);
      }
      free.release();
    }
  }

  private void acquire(String what) {
    if (closed) {
      throw new CatalogException(Reason.CLOSED, message(what), null);
    }
    try {
      // The wait of zero does not look at whether the thread was interrupted.
      if (lockWait.isZero()
          ? free.tryAcquire()
          : free.tryAcquire(lockWait.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CatalogException(Reason.LOCKED, message(what), e);
    }
    throw new CatalogException(
        lockWait.isZero() ? Reason.BUSY : Reason.LOCKED, message(what), null);
  }

  /** What failed once is not used again. */
  private void release(DocumentReader reader, boolean sound) {
    if (sound) {
      idle.addFirst(reader);
      if (closed) {
        closeIdle();
      }
    } else {
      close(reader);
    }
  }

  private CatalogException failed(String what, Exception e) {
    CatalogException failure = CatalogException.of(message(what), e);
    if (closed) {
      return new CatalogException(Reason.CLOSED, message(what), e);
    }
    return lockWait.isZero() && failure.reason() == Reason.LOCKED
        ? new CatalogException(Reason.BUSY, message(what), e)
        : failure;
  }

  private String message(String what) {
    return "catalogue %s could not %s".formatted(file, what);
  }

  /** Reads that are under way end; then their connections are closed, too. */
  @Override
  public void close() {
    closed = true;
    closeIdle();
  }

  private void closeIdle() {
    for (DocumentReader reader = idle.pollFirst(); reader != null; reader = idle.pollFirst()) {
      close(reader);
    }
  }

  private void close(DocumentReader reader) {
    try {
      reader.close();
    } catch (SQLException e) {
      log.warn("A connection to catalogue {} could not be closed: {}", file, e.toString());
    }
  }
}
