package io.managedredis.http;

import io.managedredis.operation.StatusCode;
import java.time.Duration;
import java.util.List;

/** An answer other than success, as a resource or filter decides on it. */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An argument that is refused: its name on the wire, and what it has to be. */
  record Violation(String field, String description) {}

  private final StatusCode code;
  private final transient List<Violation> violations;
  private final Duration retryAfter;

  private ApiException(
      StatusCode code, String message, List<Violation> violations, Duration retryAfter) {
    // A refusal is an answer, not a defect: nobody reads its stack.
    super(message, null, false, false);
    this.code = code;
    this.violations = List.copyOf(violations);
    this.retryAfter = retryAfter;
  }

  static ApiException of(StatusCode code, String message) {
    return new ApiException(code, message, List.of(), Statuses.RETRY_AFTER);
  }

  /**
   * The refusal of what is too much.
   *
   * @param retryAfter when it makes sense to try again
   */
  static ApiException tooMuch(String message, Duration retryAfter) {
    return new ApiException(StatusCode.RESOURCE_EXHAUSTED, message, List.of(), retryAfter);
  }

  static ApiException invalid(String field, String description) {
    return invalid(List.of(new Violation(field, description)));
  }

  static ApiException invalid(List<Violation> violations) {
    StringBuilder message = new StringBuilder();
    for (Violation violation : violations) {
      message
          .append(message.length() == 0 ? "" : "; ")
          .append(violation.field())
          .append(' ')
          .append(violation.description());
    }
    return new ApiException(
        StatusCode.INVALID_ARGUMENT, message.toString(), violations, Statuses.RETRY_AFTER);
  }

  static ApiException notFound(String kind, String id) {
    return of(StatusCode.NOT_FOUND, kind + " " + id + " was not found");
  }

  /** Never null: every refusal says why. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  StatusCode code() {
    return code;
  }

  /** When it makes sense to try again, for an answer that says so. */
  Duration retryAfter() {
    return retryAfter;
  }

  List<Violation> violations() {
    return violations;
  }
}
