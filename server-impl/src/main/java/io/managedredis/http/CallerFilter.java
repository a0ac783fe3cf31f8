package io.managedredis.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;

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
    current.identified(
        entrance.caller(
            new Entrance.Visitor(
                request.getHeaderString("Origin"),
                request.getHeaderString("Sec-Fetch-Site"),
                request.getHeaderString(HttpHeaders.HOST),
                request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of()),
                current::network)));
  }
}
