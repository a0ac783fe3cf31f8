package io.managedredis.testing;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A real Sentinel of its own on 127.0.0.1 that watches one master, under the name "watched". */
public final class SentinelProcess implements AutoCloseable {
  private static final String NAME = "watched";

  private final RedisProcess process;
  private final RedisProcess master;

  private SentinelProcess(RedisProcess process, RedisProcess master) {
    this.process = process;
    this.master = master;
  }

  /** Starts it; it knows the replicas as soon as the master has told it. */
  public static SentinelProcess watching(RedisProcess master) {
    RedisProcess process = RedisProcess.builder().sentinel().start();
    SentinelProcess sentinel = new SentinelProcess(process, master);
    try {
      sentinel.monitor();
      return sentinel;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private void monitor() {
    process.command("SENTINEL", "MONITOR", NAME, "127.0.0.1", String.valueOf(master.port()), "1");
  }

  /** The replicas that it knows, as {@code address:port} ascending. */
  public List<String> replicas() {
    Object answer = process.command("SENTINEL", "REPLICAS", NAME);
    if (!(answer instanceof List<?> replicas)) {
      throw new IllegalStateException("no list: " + answer);
    }
    return replicas.stream().map(replica -> field(replica, "name")).sorted().toList();
  }

  /** A field of what it knows of the master, such as {@code num-slaves}. */
  public String master(String field) {
    return field(process.command("SENTINEL", "MASTER", NAME), field);
  }

  /**
   * Begins anew, and so asks the master at once who its replicas are; by itself it does so every
   * ten seconds.
   */
  public void askAgain() {
    process.command("SENTINEL", "REMOVE", NAME);
    monitor();
  }

  /** Whether the master has told who its replicas are, since {@link #askAgain()} or the start. */
  public boolean informed() {
    // Milliseconds since then; before that none, or all since 1970.
    long age = Long.parseLong(master("info-refresh"));
    return age > 0 && age < Duration.ofHours(1).toMillis();
  }

  private static String field(@org.jspecify.annotations.Nullable Object fields, String name) {
    if (!(fields instanceof List<?> list)) {
      throw new IllegalStateException("no list: " + fields);
    }
    return IntStream.range(0, list.size() / 2)
        .filter(i -> name.equals(list.get(2 * i)))
        .mapToObj(i -> String.valueOf(list.get(2 * i + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name + " in " + list));
  }

  @Override
  public void close() {
    process.close();
  }
}
