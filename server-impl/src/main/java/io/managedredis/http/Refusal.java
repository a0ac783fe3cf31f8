package io.managedredis.http;

import io.managedredis.operation.StatusCode;
import java.time.Duration;

/**
 * A request that is not looked at, since there are too many of them.
 *
 * @param message why, and what to do
 * @param retryAfter when it may be worth another try
 * @param ending whether the connection ends with the answer
 */
record Refusal(StatusCode code, String message, Duration retryAfter, boolean ending) {

  /** There are too many requests for all callers together. */
  static Refusal overloaded() {
    return new Refusal(
        StatusCode.UNAVAILABLE,
        "This server has more requests than it can answer. Try again later",
        Duration.ofSeconds(1),
        true);
  }

  /** There are too many connections, altogether or from one address. */
  static Refusal crowded() {
    return new Refusal(
        StatusCode.UNAVAILABLE,
        "Too many connections are open to this server, or from your address. Use fewer",
        Duration.ofSeconds(1),
        true);
  }
}
