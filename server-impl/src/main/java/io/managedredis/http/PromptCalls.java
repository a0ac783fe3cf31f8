package io.managedredis.http;

import io.managedredis.api.BackupApi;
import io.managedredis.api.ClusterApi;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.glassfish.grizzly.http.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are answered by the very thread that read them, since giving them to another costs
 * as much as all the rest: those that only look into the catalogue, and only as long as that is
 * quick. While such a thread waits, hundreds of connections do.
 */
final class PromptCalls {

  /**
   * A catalogue in memory takes some hundredths of a millisecond. One that takes so much hangs;
   * less may only mean that others have the processors, and a worker would wait for them, too.
   */
  private static final long QUICK = Duration.ofMillis(50).toNanos();

  /** How much one more call moves what calls take on average: few in a row, or one that hangs. */
  private static final int WEIGHT = 16;

  /** How long nothing is answered so when it is not quick. */
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  /** Longer pages take their time, whatever the catalogue does. */
  static final int LONGEST_PAGE = 200;

  /**
   * A larger answer could fill what may wait in memory for one client, and whoever fills it waits
   * for the client.
   */
  static final int LARGEST_ANSWER = 256 << 10;

  private static final String SIZE = "pageSize=";

  private final boolean identifiesPromptly;
  private final LateRecords late;
  private final List<Pattern> paths = new ArrayList<>();

  /** Nanoseconds; threads may overwrite each other's share, which moves it a little less. */
  private volatile long average;

  private volatile boolean slow;
  private volatile long slowSince;

  /**
   * Answers promptly from the first request on.
   *
   * @param identifiesPromptly whether it can be told who calls without waiting for anybody
   * @param late where denials go
   */
  PromptCalls(boolean identifiesPromptly, LateRecords late) {
    this.identifiesPromptly = identifiesPromptly;
    this.late = late;
    paths.add(path(BackupApi.class, "getBackup"));
    paths.add(path(BackupApi.class, "listBackups"));
    paths.add(path(ClusterApi.class, "listClusterBackups"));
  }

  /** The paths of an operation of the contract. */
  private static Pattern path(Class<?> api, String operation) {
    Method method =
        Arrays.stream(api.getMethods())
            .filter(candidate -> candidate.getName().equals(operation))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no operation " + operation));
    String template = part(api.getAnnotation(Path.class)) + part(method.getAnnotation(Path.class));
    return Pattern.compile(template.replaceAll("\\{[^}]*}", "[^/]+"));
  }

  private static String part(@Nullable Path path) {
    return path == null ? "" : path.value();
  }

  /** Whether this is one of them, at this moment. */
  boolean covers(Request request) {
    return identifiesPromptly
        && !isResting()
        && !late.areMany()
        && isRead(request.getMethod().getMethodString())
        && !isLong(request.getQueryString())
        && matches(request.getRequestURI());
  }

  private boolean isResting() {
    if (slow && System.nanoTime() - slowSince > PAUSE) {
      average = 0;
      slow = false;
    }
    return slow;
  }

  private static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD");
  }

  private static boolean isLong(@Nullable String query) {
    int at = query == null ? -1 : query.indexOf(SIZE);
    if (query == null || at < 0) {
      return false;
    }
    int size = 0;
    for (int i = at + SIZE.length(); i < query.length() && size <= LONGEST_PAGE; i++) {
      int digit = query.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      size = 10 * size + digit;
    }
    return size > LONGEST_PAGE;
  }

  private boolean matches(String path) {
    for (Pattern known : paths) {
      if (known.matcher(path).matches()) {
        return true;
      }
    }
    return false;
  }

  /** Notes how long one of them took. */
  void took(long nanos) {
    long now = average + (nanos - average) / WEIGHT;
    average = now;
    if (now > QUICK) {
      slowSince = System.nanoTime();
      slow = true;
    }
  }
}
