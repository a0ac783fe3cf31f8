package io.managedredis.http;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code filter} of a list of clusters: {@code name="x"} or {@code name!="x"}. */
final class NameFilter {

  private static final Pattern SYNTAX =
      Pattern.compile(
          "\\s*name\\s*(=|!=)\\s*(?:\"([a-zA-Z0-9_-]{0,63})\"|'([a-zA-Z0-9_-]{0,63})')\\s*");

  private NameFilter() {}

  /**
   * Which names the filter lets through; all when there is none.
   *
   * @throws ApiException 400 when it can't be read
   */
  static Predicate<String> parse(@Nullable String filter) {
    if (filter == null || filter.isBlank()) {
      return name -> true;
    }
    Matcher matcher = SYNTAX.matcher(filter);
    if (!matcher.matches()) {
      throw ApiException.invalid(
          "filter", "must be name=\"…\" or name!=\"…\", not " + Statuses.quoted(filter));
    }
    String wanted = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
    return "=".equals(matcher.group(1)) ? wanted::equals : name -> !wanted.equals(name);
  }
}
