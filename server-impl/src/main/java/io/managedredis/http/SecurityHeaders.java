package io.managedredis.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;

/** What every answer tells browsers and caches, whoever made it. */
final class SecurityHeaders {

  private final Map<String, String> headers = new LinkedHashMap<>();

  /**
   * @param tls whether the answers go over TLS; without it RFC 6797 wants no word of it
   */
  SecurityHeaders(boolean tls) {
    headers.put("X-Content-Type-Options", "nosniff");
    // Who has a right to see it may lose it; what may be kept says so itself.
    headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
    if (tls) {
      headers.put("Strict-Transport-Security", "max-age=31536000");
    }
  }

  /** Names and values. */
  Map<String, String> all() {
    return headers;
  }
}
