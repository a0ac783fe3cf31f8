package io.managedredis.client.sdk;

import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The entries of a list that comes in pages; a page is asked for when its first entry is. */
final class Pages<T> extends Spliterators.AbstractSpliterator<T> {

  /**
   * One page.
   *
   * @param entries null counts as none
   * @param next the token of the next page, null or empty on the last one
   */
  record Page<T>(@Nullable List<T> entries, @Nullable String next) {}

  /** Asks for pages. */
  interface Source<T> {
    /** The page that the token stands for; the first one for null. */
    Page<T> page(@Nullable String token);
  }

  private final Source<T> source;
  private final Set<String> seen = new HashSet<>();
  private Iterator<T> entries = Collections.emptyIterator();
  private @Nullable String next;
  private boolean last;

  private Pages(Source<T> source) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.source = source;
  }

  static <T> Stream<T> stream(Source<T> source) {
    return StreamSupport.stream(new Pages<>(source), false);
  }

  @Override
  public boolean tryAdvance(Consumer<? super T> action) {
    while (!entries.hasNext()) {
      if (last) {
        return false;
      }
      turn();
    }
    action.accept(entries.next());
    return true;
  }

  private void turn() {
    Page<T> page = source.page(next);
    entries = page.entries() == null ? Collections.emptyIterator() : page.entries().iterator();
    next = page.next();
    last = next == null || next.isEmpty();
    if (!last && !seen.add(next)) {
      throw new ManagedRedisException(
          "The server gave the same page token twice, so the list would never end",
          StatusCode.INTERNAL,
          null);
    }
  }
}
