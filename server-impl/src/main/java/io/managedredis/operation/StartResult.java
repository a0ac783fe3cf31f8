package io.managedredis.operation;

import io.managedredis.catalog.OperationEntry;

/** What became of the wish to start an operation. */
public sealed interface StartResult {
  /** It is recorded, and runs as soon as a thread is free. */
  record Started(OperationEntry entry) implements StartResult {}

  /** The same caller asked for the same with the same key before; in its present state. */
  record Repeated(OperationEntry entry) implements StartResult {}

  /** The same caller used the same key before, for something else. */
  record KeyReused(OperationEntry existing) implements StartResult {}

  /** Another operation that excludes it has not ended. */
  record Conflict(OperationEntry running) implements StartResult {}

  /**
   * Too many operations wait, or the server is shutting down; nothing was recorded.
   *
   * @param message for the caller: why, and what to do
   */
  record Overloaded(String message) implements StartResult {}
}
