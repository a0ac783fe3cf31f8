package io.managedredis.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One client that reads a list from its first page to its last, and then asks for the first page
 * and for the last full one again and again in turn; {@code bench/api.sh} runs it.
 */
public final class PageWalk {
  private static final String TOKEN = "\"nextPageToken\":\"";
  private static final byte[] ID = "{\"id\":".getBytes(StandardCharsets.US_ASCII);
  private static final int PAIRS = 2000;
  private static final int WARM_UP = 200;

  private final KeepAliveClient client;
  private final String list;

  private PageWalk(KeepAliveClient client, String list) {
    this.client = client;
    this.list = list;
  }

  /**
   * Prints the number of pages, pages per second of the walk, and the median microseconds of: the
   * first tenth of the walk, its last tenth, the first page, the last full page.
   *
   * @param arguments port, target of the first page (with a query), how many entries there must be
   */
  public static void main(String[] arguments) throws Exception {
    try (KeepAliveClient client = new KeepAliveClient(Integer.parseInt(arguments[0]))) {
      new PageWalk(client, arguments[1]).measure(Long.parseLong(arguments[2]));
    }
  }

  private void measure(long expected) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      client.get(list);
    }
    long[] nanos = new long[1024];
    int pages = 0;
    long entries = 0;
    String last = list;
    String lastFull = list;
    long start = System.nanoTime();
    for (String next = list; next != null; ) {
      long before = System.nanoTime();
      byte[] body = client.get(next);
      if (pages == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * pages);
      }
      nanos[pages++] = System.nanoTime() - before;
      entries += count(body);
      lastFull = last;
      last = next;
      String token = token(body);
      next = token == null ? null : list + "&pageToken=" + token;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (entries != expected) {
      throw new IllegalStateException(
          "the walk found %d entries instead of %d".formatted(entries, expected));
    }
    int tenth = Math.max(1, pages / 10);
    long[] first = new long[PAIRS];
    long[] deep = new long[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      first[i] = nanos(list);
      deep[i] = nanos(lastFull);
    }
    Output.line(
        String.format(
            Locale.ROOT,
            "%d %.1f %.1f %.1f %.1f %.1f",
            pages,
            pages / seconds,
            median(Arrays.copyOfRange(nanos, 0, tenth)),
            median(Arrays.copyOfRange(nanos, pages - tenth, pages)),
            median(first),
            median(deep)));
  }

  private long nanos(String target) throws IOException {
    long before = System.nanoTime();
    client.get(target);
    return System.nanoTime() - before;
  }

  /** The token stands at the end, if there is one. */
  private static @Nullable String token(byte[] body) {
    int from = Math.max(0, body.length - 200);
    String end = new String(body, from, body.length - from, StandardCharsets.UTF_8);
    int at = end.indexOf(TOKEN);
    return at < 0
        ? null
        : end.substring(at + TOKEN.length(), end.indexOf('"', at + TOKEN.length()));
  }

  private static long count(byte[] body) {
    long count = 0;
    for (int i = 0; i + ID.length <= body.length; i++) {
      if (body[i] == '{' && Arrays.equals(body, i, i + ID.length, ID, 0, ID.length)) {
        count++;
      }
    }
    return count;
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1000.0;
  }
}
