package io.managedredis.http;

import io.managedredis.catalog.Position;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param entries in the order of the list
 * @param nextPageToken for the page after; null when there is none, so never beside an empty page
 */
record Page<T>(List<T> entries, @Nullable String nextPageToken) {

  private static final int DEFAULT_SIZE = 100;

  /** Where the entries of a list come from, in order, starting behind a position. */
  @FunctionalInterface
  interface Source<T> {
    List<T> after(@Nullable Position position, int limit);
  }

  /**
   * Which page is wanted.
   *
   * @param after the last entry of the page before; null for the first page
   * @param size how many entries at most
   */
  record Wanted(@Nullable Position after, int size) {

    /**
     * Reads the parameters of a list.
     *
     * @param list which list it is, see {@link PageTokens}
     * @param pageSize 0 and null mean the default
     * @param pageToken empty and null mean the first page
     */
    static Wanted of(
        PageTokens tokens, String list, @Nullable Long pageSize, @Nullable String pageToken) {
      return new Wanted(
          pageToken == null || pageToken.isEmpty() ? null : tokens.decode(list, pageToken),
          pageSize == null || pageSize == 0 ? DEFAULT_SIZE : Math.toIntExact(pageSize));
    }
  }

  /**
   * Reads a page, and one entry more to know whether another page follows.
   *
   * @param list which list it is, see {@link PageTokens}
   * @param pageSize 0 and null mean the default
   * @param pageToken empty and null mean the first page
   */
  static <T> Page<T> read(
      PageTokens tokens,
      String list,
      @Nullable Long pageSize,
      @Nullable String pageToken,
      Source<T> source,
      Function<T, Position> position) {
    Wanted wanted = Wanted.of(tokens, list, pageSize, pageToken);
    List<T> entries = source.after(wanted.after(), wanted.size() + 1);
    if (entries.size() <= wanted.size()) {
      return new Page<>(entries, null);
    }
    List<T> shown = entries.subList(0, wanted.size());
    return new Page<>(shown, tokens.encode(list, position.apply(shown.get(wanted.size() - 1))));
  }
}
