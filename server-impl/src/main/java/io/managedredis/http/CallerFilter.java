package io.managedredis.http;

import io.managedredis.access.Caller;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls before anybody looks for the operation: who has not said who they are learns
 * nothing of what is there.
 */
@PreMatching
final class CallerFilter implements ContainerRequestFilter {

  private final Entrance entrance;
  private final CurrentCall current;

  CallerFilter(Entrance entrance, CurrentCall current) {
    this.entrance = entrance;
    this.current = current;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getProperty(RequestAttributes.CALLER) instanceof Caller known) {
      // A worker answers again what was counted already.
      current.identified(known);
      return;
    }
    MultivaluedMap<String, String> headers = request.getHeaders();
    Caller caller =
        entrance.caller(
            new Entrance.Visitor(
                joined(headers.get("Origin")),
                joined(headers.get("Sec-Fetch-Site")),
                joined(headers.get(HttpHeaders.HOST)),
                headers.getOrDefault(HttpHeaders.AUTHORIZATION, List.of()),
                current::network));
    current.identified(caller);
    if (!current.mayWait()) {
      request.setProperty(RequestAttributes.CALLER, caller);
    }
  }

  /** As Jersey would join them, which makes a stream for each header. */
  private static @Nullable String joined(@Nullable List<String> values) {
    if (values == null || values.isEmpty()) {
      return null;
    }
    return values.size() == 1 ? values.get(0) : String.join(",", values);
  }
}
