package io.managedredis.http;

import io.managedredis.access.Caller;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets in who may call at all, and not too often. Safe for use by many threads. */
final class Entrance {

  /**
   * Each leaves a line in the audit log, whose older lines go when it is full: with these it takes
   * a stranger most of a day, and whoever looks after the service sees it.
   */
  private static final int STRANGERS_PER_MINUTE = 600;

  private final BrowserOrigin pages;
  private final Authentication authentication;
  private final RequestRate callers;

  /** Apart from the callers: strangers with many addresses would push those out. */
  private final RequestRate strangers;

  Entrance(BrowserOrigin pages, Authentication authentication, int requestsPerMinute) {
    this.pages = pages;
    this.authentication = authentication;
    this.callers = new RequestRate(requestsPerMinute);
    this.strangers = new RequestRate(Math.min(requestsPerMinute, STRANGERS_PER_MINUTE));
  }

  /**
   * What a request says of who makes it.
   *
   * @param origin the header Origin
   * @param site the header Sec-Fetch-Site
   * @param host the header Host
   * @param authorization the values of the header Authorization
   * @param network where it comes from
   */
  record Visitor(
      @Nullable String origin,
      @Nullable String site,
      @Nullable String host,
      List<String> authorization,
      Supplier<String> network) {}

  /**
   * Who it is.
   *
   * @throws ApiException 401 when that is nobody, 403 when it may be a page of others, 429 when it
   *     is too often
   */
  Caller caller(Visitor visitor) {
    Caller caller = identified(visitor);
    requireNotTooMany(callers.refusal(caller.subject()));
    return caller;
  }

  private Caller identified(Visitor visitor) {
    try {
      pages.requireOurName(visitor.host());
      pages.requireOurPage(visitor.origin(), visitor.site(), visitor.host());
      return authentication.caller(visitor.authorization());
    } catch (ApiException e) {
      // One line on record for each: so they must not be too many.
      requireNotTooMany(strangers.refusal(visitor.network().get()));
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
