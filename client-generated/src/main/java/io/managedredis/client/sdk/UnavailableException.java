package io.managedredis.client.sdk;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * It did not go well now and may go well later: the server can't be reached, does not answer in
 * time, or says so (429, 502, 503, 504). It was retried as often as allowed; failures before the
 * last one are {@linkplain #getSuppressed() suppressed}. Where no answer came, {@link
 * #httpStatus()} is empty and the cause is an {@link IOException}.
 */
public final class UnavailableException extends ManagedRedisException {

  private static final long serialVersionUID = 1;

  private final @Nullable Duration retryAfter;

  UnavailableException(Refusal refusal, @Nullable Duration retryAfter) {
    super(refusal);
    this.retryAfter = retryAfter;
  }

  UnavailableException(String message, StatusCode code, IOException cause) {
    super(message, code, cause);
    this.retryAfter = null;
  }

  /** How long the server asked to wait, if it did. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
