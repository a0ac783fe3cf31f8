package io.managedredis.operation;

/** An operation can't succeed, for a reason that its caller is told. */
public final class OperationFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final StatusCode code;

  /**
   * @param code what kind of failure
   * @param message for the caller: what was wrong, with which value, and what to do
   */
  public OperationFailedException(StatusCode code, String message) {
    super(message);
    this.code = code;
  }

  /** The same, with the cause for the log. */
  public OperationFailedException(StatusCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure. */
  public StatusCode code() {
    return code;
  }
}
