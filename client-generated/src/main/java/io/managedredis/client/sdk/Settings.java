package io.managedredis.client.sdk;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client was built with.
 *
 * @param base without a slash at its end
 * @param token gives a bearer token for each request; may be null
 * @param pageSize may be null for the server's own
 */
record Settings(
    String base,
    HttpClient http,
    @Nullable Supplier<String> token,
    Duration attemptTimeout,
    Duration callTimeout,
    Duration downloadTimeout,
    int attempts,
    Duration firstPause,
    @Nullable Integer pageSize,
    Time time) {

  /** How long to wait before the next try, half of it by chance, so that not all come at once. */
  Duration pauseAfter(int failures, UnavailableException failure, double chance) {
    Duration longest = Duration.ofSeconds(10);
    Duration full = firstPause.multipliedBy(1L << Math.min(failures - 1, 20));
    Duration bounded = full.compareTo(longest) < 0 ? full : longest;
    Duration pause = Duration.ofNanos((long) (bounded.toNanos() * (0.5 + chance / 2)));
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    return pause.compareTo(asked) < 0 ? asked : pause;
  }

  /** Without the token, which is a secret. */
  @Override
  public String toString() {
    return "ManagedRedis[" + base + "]";
  }
}
