package io.managedredis.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Few gets beside a heavy load, each due at an instant that does not depend on the answers before:
 * a get that is late because the one before it was slow counts from when it was due, so that no
 * stall hides. {@code bench/api.sh} runs it.
 */
public final class PacedGets {
  private static final int CONNECTIONS = 8;
  private static final double PER_SECOND = 50;

  private PacedGets() {}

  /**
   * Prints how many there were, and the median, the 99th percentile and the greatest latency in
   * microseconds.
   *
   * @param arguments port, how many backups the catalogue has, seconds
   */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    NumberedBackups backups = new NumberedBackups(Integer.parseInt(arguments[1]));
    int each = (int) (Double.parseDouble(arguments[2]) * PER_SECOND);
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      // What the JVM of this client has to learn is not the server's latency.
      run(threads, port, backups, (int) PER_SECOND);
      long[] nanos = run(threads, port, backups, each);
      Arrays.sort(nanos);
      Output.line(
          String.format(
              Locale.ROOT,
              "%d %.1f %.1f %.1f",
              nanos.length,
              nanos[nanos.length / 2] / 1000.0,
              nanos[(int) (nanos.length * 0.99)] / 1000.0,
              nanos[nanos.length - 1] / 1000.0));
    } finally {
      threads.shutdownNow();
    }
  }

  private static long[] run(ExecutorService threads, int port, NumberedBackups backups, int each)
      throws Exception {
    long start = System.nanoTime();
    List<Callable<long[]>> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      long offset = (long) (i * 1e9 / PER_SECOND / CONNECTIONS);
      SplittableRandom random = new SplittableRandom(i);
      clients.add(() -> client(port, backups, each, start + offset, random));
    }
    List<long[]> nanos = new ArrayList<>();
    for (Future<long[]> client : threads.invokeAll(clients, 10, TimeUnit.MINUTES)) {
      nanos.add(client.get());
    }
    return nanos.stream().flatMapToLong(Arrays::stream).toArray();
  }

  private static long[] client(
      int port, NumberedBackups backups, int count, long start, SplittableRandom random)
      throws IOException {
    long[] nanos = new long[count];
    try (KeepAliveClient client = new KeepAliveClient(port)) {
      for (int i = 0; i < count; i++) {
        String target = "/managed-redis/v1/backups/" + backups.id(random.nextInt(backups.count()));
        long due = start + (long) (i * 1e9 / PER_SECOND);
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        byte[] unused = client.get(target);
        nanos[i] = System.nanoTime() - due;
      }
    }
    return nanos;
  }
}
