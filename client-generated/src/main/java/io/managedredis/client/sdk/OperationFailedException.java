package io.managedredis.client.sdk;

import io.managedredis.client.model.Operation;
import io.managedredis.client.model.Status;

/** The operation that was waited for has ended with an error; {@link #code()} is that error's. */
public final class OperationFailedException extends ManagedRedisException {

  private static final long serialVersionUID = 1;

  private final transient Operation operation;

  OperationFailedException(Operation operation, Status error) {
    super("Operation " + operation.getId() + " failed: " + Refusal.said(error), error);
    this.operation = operation;
  }

  /** The operation, as it ended. */
  public Operation operation() {
    return operation;
  }
}
