package io.managedredis.http;

import java.util.List;
import java.util.Set;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/**
 * Lets pages of named origins call from a browser: the server's part of the CORS protocol (Fetch
 * standard, section 3.2). Without names no answer has a word of it, so browsers let nobody read.
 */
final class CrossOrigin {

  private static final String METHODS = "GET, HEAD, POST, DELETE, OPTIONS";

  /** What the contract lets a caller send, beside what browsers let every page send. */
  private static final String SENT =
      "Authorization, Idempotency-Key, x-client-request-id, x-client-trace-id, Range, If-Range,"
          + " If-None-Match, Content-Type";

  /** What the contract answers, beside what browsers let every page read. */
  private static final String ANSWERED =
      "x-request-id, x-server-trace-id, ETag, Content-Range, Accept-Ranges, Content-Disposition,"
          + " Repr-Digest, Retry-After, WWW-Authenticate";

  /** Two hours, the most that Chromium takes. */
  private static final String SECONDS = "7200";

  private final Set<String> origins;

  CrossOrigin(List<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Whether pages of that origin may call. */
  boolean allows(String origin) {
    return origins.contains(origin);
  }

  /**
   * Adds to an answer what the browser has to know.
   *
   * @return whether the request was a preflight, which has its whole answer by that
   */
  boolean answered(Request request, Response response) {
    if (origins.isEmpty()) {
      return false;
    }
    // Also for those that are not named: a cache must not give them what was meant for another.
    response.setHeader("Vary", "Origin");
    String origin = request.getHeader("Origin");
    if (origin == null || !allows(origin)) {
      return false;
    }
    response.setHeader("Access-Control-Allow-Origin", origin);
    boolean preflight =
        request.getMethod().getMethodString().equals("OPTIONS")
            && request.getHeader("Access-Control-Request-Method") != null;
    if (preflight) {
      response.setHeader("Access-Control-Allow-Methods", METHODS);
      response.setHeader("Access-Control-Allow-Headers", SENT);
      response.setHeader("Access-Control-Max-Age", SECONDS);
      response.setStatus(204);
    } else {
      response.setHeader("Access-Control-Expose-Headers", ANSWERED);
    }
    return preflight;
  }
}
