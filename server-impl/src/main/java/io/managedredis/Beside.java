package io.managedredis;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that is done beside what its starter does, until the starter wants the result. */
final class Beside<T> {

  private static final long MOST_SECONDS = 60;

  private final String name;
  private final FutureTask<T> task;

  private Beside(String name, Callable<T> work) {
    this.name = name;
    this.task = new FutureTask<>(work);
  }

  /**
   * Starts it on a thread of its own, which does not keep the process alive.
   *
   * @param work opens nothing that would have to be closed when nobody asks for the result
   */
  static <T> Beside<T> start(String name, Callable<T> work) {
    Beside<T> beside = new Beside<>(name, work);
    Thread thread = new Thread(beside.task, name);
    thread.setDaemon(true);
    thread.start();
    return beside;
  }

  /**
   * Waits for the result, for a minute at most.
   *
   * @throws IOException what the work threw, or when it took longer or the caller was interrupted
   */
  T result() throws IOException {
    try {
      return task.get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(name + " failed", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(name + " was not ready after " + MOST_SECONDS + " seconds", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while " + name + " was made");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
