package io.managedredis.client.sdk;

/** What kind of error it is: the codes of {@code google.rpc.Code}, with its numbers. */
public enum StatusCode {
  /** The call was given up, such as by an interrupt. */
  CANCELLED(1),
  /** Nobody knows. */
  UNKNOWN(2),
  /** An argument is wrong; {@link ManagedRedisException#fieldViolations()} names it. */
  INVALID_ARGUMENT(3),
  /** It took too long. */
  DEADLINE_EXCEEDED(4),
  /** There is no such backup, shard, cluster or operation. */
  NOT_FOUND(5),
  /** There is one already. */
  ALREADY_EXISTS(6),
  /** The caller may not do that. */
  PERMISSION_DENIED(7),
  /** Too much at once; later it may go well. */
  RESOURCE_EXHAUSTED(8),
  /** Something has to be put right before, such as a key that is missing. */
  FAILED_PRECONDITION(9),
  /** Another change is under way; it goes well once that is done. */
  ABORTED(10),
  /** A range behind the end. */
  OUT_OF_RANGE(11),
  /** There is no such call, here. */
  UNIMPLEMENTED(12),
  /** A defect. */
  INTERNAL(13),
  /** Not now; later it may go well. */
  UNAVAILABLE(14),
  /** Stored or sent data is damaged. */
  DATA_LOSS(15),
  /** The caller has to say who they are. */
  UNAUTHENTICATED(16),
  /**
   * A code that this client does not know; the number is in {@link ManagedRedisException#status}.
   */
  UNRECOGNIZED(-1);

  private final int number;

  StatusCode(int number) {
    this.number = number;
  }

  /** The number on the wire, 1 to 16; -1 for {@link #UNRECOGNIZED}. */
  public int number() {
    return number;
  }

  /** The code with this number, {@link #UNRECOGNIZED} where there is none. */
  public static StatusCode of(int number) {
    for (StatusCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return UNRECOGNIZED;
  }

  /**
   * What an answer without a Status means: it came from something between, so its 404 does not say
   * that a backup is gone. The mapping is gRPC's (grpc/doc/http-grpc-status-mapping.md).
   */
  static StatusCode ofHttp(int status) {
    return switch (status) {
      case 400 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 429, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }
}
