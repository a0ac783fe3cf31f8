package io.managedredis.testing;

import io.managedredis.testing.RespClient.ErrorReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Writes 1, 2, 3 and so on to a server as fast as it answers, until closed: the oracle of a
 * snapshot, which must hold a prefix of them without holes. Number n is the key {@code {tag}:n},
 * set in one command with {@code {tag}:last}.
 */
public final class SequenceWriter implements AutoCloseable {
  private static final int PIPELINED = 50;
  private static final int ANSWER_MILLIS = 30_000;

  private final String tag;
  private final RespClient connection;
  private final Thread thread;
  private volatile long sent;
  private volatile long acknowledged;
  private volatile boolean closing;
  private volatile @Nullable Exception failure;

  private SequenceWriter(RedisProcess server, String tag) {
    this.tag = tag;
    try {
      this.connection = new RespClient("127.0.0.1", server.port(), ANSWER_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread = new Thread(this::write, "sequence " + tag);
    thread.setDaemon(true);
    thread.start();
  }

  /** Begins to write to a server that takes every key. */
  public static SequenceWriter to(RedisProcess server) {
    return new SequenceWriter(server, "seq");
  }

  /** Begins to write to a node that owns these slots; all keys are in one of them. */
  public static SequenceWriter to(RedisProcess server, int fromSlot, int toSlot) {
    String tag =
        LongStream.iterate(0, n -> n + 1)
            .mapToObj(n -> "seq" + n)
            .filter(t -> JedisClusterCRC16.getSlot(t) >= fromSlot)
            .filter(t -> JedisClusterCRC16.getSlot(t) <= toSlot)
            .findFirst()
            .orElseThrow();
    return new SequenceWriter(server, tag);
  }

  private void write() {
    try {
      while (!closing) {
        long first = sent + 1;
        for (long n = first; n < first + PIPELINED; n++) {
          // Counted first: what the server has is never more.
          sent = n;
          connection.send(
              bytes("MSET"), bytes(key(n)), bytes("" + n), bytes(last()), bytes("" + n));
        }
        for (long n = first; n < first + PIPELINED; n++) {
          connection.receive();
          acknowledged = n;
        }
      }
    } catch (IOException | ErrorReply e) {
      failure = e;
    }
  }

  /** How many the server has confirmed: a snapshot begun from now on holds at least these. */
  public long acknowledged() {
    return acknowledged;
  }

  /** How many were sent: a snapshot that has ended by now holds at most these. */
  public long sent() {
    return sent;
  }

  /**
   * How many numbers a copy of the server holds.
   *
   * @throws AssertionError unless they are all from 1 up to the last one, with nothing beside them
   */
  public long prefix(RedisProcess copy) {
    Object value = copy.command("GET", last());
    long last = value == null ? 0 : Long.parseLong(String.valueOf(value));
    long found = 0;
    for (long from = 1; from <= last; from += 1000) {
      String[] keys =
          LongStream.range(from, Math.min(last + 1, from + 1000))
              .mapToObj(this::key)
              .toArray(String[]::new);
      String[] command = new String[keys.length + 1];
      command[0] = "EXISTS";
      System.arraycopy(keys, 0, command, 1, keys.length);
      found += (Long) java.util.Objects.requireNonNull(copy.command(command));
    }
    if (found != last || copy.size() != last + (last == 0 ? 0 : 1)) {
      throw new AssertionError(
          "The last number is " + last + ", " + found + " are there, keys: " + copy.size());
    }
    return last;
  }

  private String key(long number) {
    return "{" + tag + "}:" + number;
  }

  private String last() {
    return "{" + tag + "}:last";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Ends the writing; throws {@link IllegalStateException} if it had ended by itself. */
  @Override
  public void close() {
    closing = true;
    try (connection) {
      thread.join(ANSWER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (failure != null) {
      throw new IllegalStateException("The writer ended early", failure);
    }
  }
}
