package io.managedredis.client.sdk;

import io.managedredis.client.model.FieldViolation;
import io.managedredis.client.model.Status;
import io.managedredis.client.model.StatusDetail;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A call did not do what it was asked for. Errors that are often told apart have a subclass; all
 * others are told apart by {@link #code()}.
 */
public class ManagedRedisException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final StatusCode code;
  private final int httpStatus;
  private final @Nullable String requestId;
  private final transient @Nullable Status status;

  ManagedRedisException(String message, StatusCode code, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.httpStatus = 0;
    this.requestId = null;
    this.status = null;
  }

  ManagedRedisException(Refusal refusal) {
    super(refusal.message());
    this.code = refusal.code();
    this.httpStatus = refusal.httpStatus();
    this.requestId = refusal.requestId();
    this.status = refusal.status();
  }

  /** An operation's error, which has no answer of its own. */
  ManagedRedisException(String message, Status status) {
    super(message);
    this.code = StatusCode.of(Objects.requireNonNullElse(status.getCode(), 2));
    this.httpStatus = 0;
    this.requestId = null;
    this.status = status;
  }

  /** What kind of error it is. */
  public StatusCode code() {
    return code;
  }

  /** The HTTP status of the answer; empty when none came, and for the error of an operation. */
  public OptionalInt httpStatus() {
    return httpStatus == 0 ? OptionalInt.empty() : OptionalInt.of(httpStatus);
  }

  /**
   * The error as the server said it, not shortened or cleaned as in {@link #getMessage()}; empty
   * when none came or the answer was no Status.
   */
  public Optional<Status> status() {
    return Optional.ofNullable(status);
  }

  /** The arguments that were refused; empty when the error is not about arguments. */
  public List<FieldViolation> fieldViolations() {
    return details(status)
        .flatMap(detail -> Stream.ofNullable(detail.getFieldViolations()).flatMap(List::stream))
        .toList();
  }

  /** The id that the server gave to the request; quote it when you ask for help. */
  public Optional<String> requestId() {
    return Optional.ofNullable(requestId);
  }

  static Stream<StatusDetail> details(@Nullable Status status) {
    return Stream.ofNullable(status)
        .flatMap(known -> Stream.ofNullable(known.getDetails()))
        .flatMap(List::stream);
  }
}
