package io.managedredis.operation;

import io.managedredis.catalog.OperationEntry;

/** The work behind one kind of operation. Called by many threads at once. */
public interface OperationHandler {
  /**
   * Does the work; a return is success.
   *
   * @param operation what was asked for
   * @param progress hears how far it is
   * @param stop once it is requested, end soon, by any exception
   * @throws OperationFailedException when it can't succeed; the caller gets code and message
   * @throws InterruptedException when the thread was interrupted
   */
  void run(OperationEntry operation, ProgressListener progress, Stop stop)
      throws OperationFailedException, InterruptedException;

  /**
   * Whether work that was cut off at any point can simply be run again. If not, it must leave
   * nothing behind that counts when it is cut off.
   */
  boolean resumable();

  /**
   * Whether the work of an operation that was cut off had in fact come to its end, so that only the
   * record of that is missing. Asked at start-up for what isn't resumable.
   */
  default boolean completed(OperationEntry operation) {
    return false;
  }
}
