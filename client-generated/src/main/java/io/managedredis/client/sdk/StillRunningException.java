package io.managedredis.client.sdk;

import io.managedredis.client.model.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The operation was not done within the time that it was waited for. It goes on; waiting for it
 * again is fine. Where the server was away at last, the cause is an {@link UnavailableException}.
 */
public final class StillRunningException extends ManagedRedisException {

  private static final long serialVersionUID = 1;

  private final transient Operation operation;

  StillRunningException(Operation operation, Duration waited, @Nullable Throwable cause) {
    super(
        "Operation " + operation.getId() + " is not done after " + waited + "; it goes on",
        StatusCode.DEADLINE_EXCEEDED,
        cause);
    this.operation = operation;
  }

  /** The operation, as it was last seen. */
  public Operation operation() {
    return operation;
  }
}
