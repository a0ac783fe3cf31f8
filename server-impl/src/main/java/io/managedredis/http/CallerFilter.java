package io.managedredis.http;

import io.managedredis.access.Caller;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Lets in who may call at all, and not too often, before anybody looks for the operation: who has
 * not said who they are learns nothing of what is there.
 */
@PreMatching
final class CallerFilter implements ContainerRequestFilter {

  private final BrowserOrigin pages;
  private final Authentication authentication;
  private final CurrentCall current;
  private final RequestRate callers;

  /** Apart from the callers: strangers with many addresses would push those out. */
  private final RequestRate strangers;

  CallerFilter(
      BrowserOrigin pages,
      Authentication authentication,
      CurrentCall current,
      int requestsPerMinute) {
    this.pages = pages;
    this.authentication = authentication;
    this.current = current;
    this.callers = new RequestRate(requestsPerMinute);
    this.strangers = new RequestRate(requestsPerMinute);
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Caller caller = caller(request);
    current.identified(caller);
    requireNotTooMany(callers.refusal(caller.subject()));
  }

  private Caller caller(ContainerRequestContext request) {
    try {
      pages.requireOurPage(
          request.getHeaderString("Origin"),
          request.getHeaderString("Sec-Fetch-Site"),
          request.getHeaderString(HttpHeaders.HOST));
      return authentication.caller(
          request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of()));
    } catch (ApiException e) {
      // One line on record for each: so they must not be too many.
      requireNotTooMany(strangers.refusal(current.network()));
      throw e;
    }
  }

  private static void requireNotTooMany(Optional<Duration> wait) {
    if (wait.isPresent()) {
      long seconds = Statuses.seconds(wait.get());
      throw ApiException.tooMuch(
          "More requests than this server allows one caller. Try again in "
              + seconds
              + (seconds == 1 ? " second" : " seconds"),
          wait.get());
    }
  }
}
