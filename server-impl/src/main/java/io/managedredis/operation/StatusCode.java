package io.managedredis.operation;

import java.util.Arrays;
import java.util.Optional;

/**
 * The gRPC status codes of failures, with the HTTP statuses to which they are mapped; see {@code
 * google/rpc/code.proto}.
 */
public enum StatusCode {
  /** The caller gave up. */
  CANCELLED(1, 499),
  /** Nobody knows. */
  UNKNOWN(2, 500),
  /** The request is wrong whatever the state of the server. */
  INVALID_ARGUMENT(3, 400),
  /** It took too long. */
  DEADLINE_EXCEEDED(4, 504),
  /** What was asked for isn't there, or not for this caller. */
  NOT_FOUND(5, 404),
  /** What was to be made is there already. */
  ALREADY_EXISTS(6, 409),
  /** The caller is known and may not. */
  PERMISSION_DENIED(7, 403),
  /** Too much was asked for; try again later. */
  RESOURCE_EXHAUSTED(8, 429),
  /** Something has to be put right first. */
  FAILED_PRECONDITION(9, 400),
  /** Another operation came in between; start again. */
  ABORTED(10, 409),
  /** Past the end. */
  OUT_OF_RANGE(11, 400),
  /** Not offered here. */
  UNIMPLEMENTED(12, 501),
  /** A defect of this server. */
  INTERNAL(13, 500),
  /** Not now; try again. */
  UNAVAILABLE(14, 503),
  /** Data is lost or damaged. */
  DATA_LOSS(15, 500),
  /** The caller isn't known. */
  UNAUTHENTICATED(16, 401);

  private final int number;
  private final int httpStatus;

  StatusCode(int number, int httpStatus) {
    this.number = number;
    this.httpStatus = httpStatus;
  }

  /** The code on the wire, 1 to 16. */
  public int number() {
    return number;
  }

  /** The HTTP status of an answer with this code. */
  public int httpStatus() {
    return httpStatus;
  }

  /** The code with that number; empty for any number outside 1 to 16. */
  public static Optional<StatusCode> ofNumber(int number) {
    return Arrays.stream(values()).filter(code -> code.number == number).findFirst();
  }
}
