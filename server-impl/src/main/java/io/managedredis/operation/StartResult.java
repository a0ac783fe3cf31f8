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

  /** As many operations run and wait as the server takes; nothing was recorded. */
  record Overloaded() implements StartResult {}

  /** The server is about to end; nothing was recorded. */
  record ShuttingDown() implements StartResult {}
}
