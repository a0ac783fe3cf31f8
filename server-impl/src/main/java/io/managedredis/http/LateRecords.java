package io.managedredis.http;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Puts denials on record for the threads that may not wait for a disk, one after the other. While
 * too many wait, those threads answer nothing that could be denied: workers do, who wait
 * themselves.
 */
final class LateRecords implements AutoCloseable {

  /** A few hundred bytes each. */
  private static final int MANY = 1000;

  private static final long LONGEST_CLOSE_SECONDS = 5;

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread daemon = new Thread(task, "http-records");
            daemon.setDaemon(true);
            return daemon;
          });

  /** Whether so many wait that no more should come. */
  boolean areMany() {
    return thread.getQueue().size() >= MANY;
  }

  /** Does it soon; at once when the server has ended. */
  void add(Runnable record) {
    try {
      thread.execute(record);
    } catch (RejectedExecutionException e) {
      record.run();
    }
  }

  /** Does what is left, for up to 5 seconds. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      boolean unused = thread.awaitTermination(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
