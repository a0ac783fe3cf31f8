package io.managedredis.http;

import io.managedredis.operation.StatusCode;
import io.managedredis.repository.RepositoryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many snapshots are read for callers at once. Each keeps one of the threads that answer
 * requests, for as long as its caller takes to read, and some MiB of memory.
 */
final class DownloadSlots {

  private final int most;
  private final Semaphore free;

  DownloadSlots(int most) {
    this.most = most;
    this.free = new Semaphore(most);
  }

  /** Opens a snapshot. */
  @FunctionalInterface
  interface Opening {
    InputStream open() throws RepositoryException;
  }

  /**
   * A snapshot that gives its place back when it is closed.
   *
   * @throws ApiException 503 when there is no place
   * @throws RepositoryException as the opening does
   */
  InputStream open(Opening opening) throws RepositoryException {
    if (!free.tryAcquire()) {
      throw ApiException.of(
          StatusCode.UNAVAILABLE,
          "This server sends at most " + most + " snapshots at once. Try again later");
    }
    boolean opened = false;
    try {
      InputStream snapshot = new Placed(opening.open(), free);
      opened = true;
      return snapshot;
    } finally {
      if (!opened) {
        free.release();
      }
    }
  }

  /** Closing it again does nothing. */
  private static final class Placed extends FilterInputStream {
    private final Semaphore free;
    private final AtomicBoolean closed = new AtomicBoolean();

    Placed(InputStream snapshot, Semaphore free) {
      super(snapshot);
      this.free = free;
    }

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        try {
          super.close();
        } finally {
          free.release();
        }
      }
    }
  }
}
