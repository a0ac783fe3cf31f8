package io.managedredis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Data of every type, in every encoding that the server has, with what hangs on it: expiries of
 * keys and fields, groups and pending entries, functions. About 5 MB, always the same.
 */
public final class Dataset {
  /** In the year 2100, and not on a whole second. */
  private static final long LATER = 4_102_444_800_123L;

  private static final List<String> DATABASES = List.of("0", "1", "9", "15");

  private final BinaryConnection server;
  private final String prefix;
  private final Random random = new Random(20_261_122);

  private Dataset(BinaryConnection server, String prefix) {
    this.server = server;
    this.prefix = prefix;
  }

  /** Fills an empty server: much in database 0, something in three others, and functions. */
  public static void fill(RedisProcess server) {
    fillDatabase0(server, "");
    try (BinaryConnection connection = new BinaryConnection(server)) {
      for (String database : DATABASES.subList(1, DATABASES.size())) {
        connection.call("SELECT", database);
        new Dataset(connection, "of " + database + " ").strings();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Fills database 0 and the functions only, as a node of a cluster allows.
   *
   * @param prefix of every key: a hash tag whose slot the node owns, or nothing
   */
  public static void fillDatabase0(RedisProcess server, String prefix) {
    try (BinaryConnection connection = new BinaryConnection(server)) {
      Dataset dataset = new Dataset(connection, prefix);
      dataset.strings();
      dataset.sketches();
      dataset.lists();
      dataset.sets();
      dataset.hashes();
      dataset.sortedSets();
      new StreamData(connection, prefix).fill();
      if (connection.knows("HPEXPIREAT")) {
        dataset.fieldExpiries();
      }
      if (connection.knows("VADD")) {
        dataset.vectors();
      }
      if (connection.knows("FUNCTION")) {
        dataset.functions();
      }
      dataset.expiries();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers of each width that RDB knows, and lengths on both sides of each of its steps. */
  private void strings() throws IOException {
    for (long number : new long[] {0, -1, 127, -129, 32_767, -32_769, 2_147_483_648L}) {
      set("number " + number, String.valueOf(number));
    }
    set("largest", String.valueOf(Long.MAX_VALUE));
    for (int length : new int[] {0, 1, 20, 44, 63, 64, 16_383, 16_384, 65_536, 3_000_000}) {
      set("random " + length, noise(length));
    }
    set("compressible", "again and ".repeat(500));
    set("a name that is long and repeats itself ".repeat(20), "value");
    set(allBytes(), allBytes());
  }

  private void sketches() throws IOException {
    add(2000, 500, i -> "seen " + i, "PFADD", "visitors");
    add(3, 3, i -> "seen " + i, "PFADD", "few visitors");
    call("SETBIT", "bits", "100000", "1");
    call("GEOADD", "places", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669", "C");
  }

  /** Inner nodes are compressed, and elements over 8 KB have nodes of their own. */
  private void lists() throws IOException {
    server.call("CONFIG", "SET", "list-compress-depth", "1");
    add(10, 10, i -> "element " + i, "RPUSH", "short list");
    add(4000, 500, i -> "element " + i + " of many".repeat(i % 9), "RPUSH", "long list");
    add(500, 500, String::valueOf, "RPUSH", "numbers");
    add(20, 1, i -> noise(20_000), "RPUSH", "list of large elements");
    add(20, 1, i -> ("large " + i).repeat(3000), "RPUSH", "list of large texts");
  }

  private void sets() throws IOException {
    add(100, 100, i -> String.valueOf(i), "SADD", "set of 16 bits");
    add(100, 100, i -> String.valueOf(i * 100_000), "SADD", "set of 32 bits");
    add(100, 100, i -> String.valueOf(i * 10_000_000_000L), "SADD", "set of 64 bits");
    add(2000, 500, i -> String.valueOf(i), "SADD", "set of many numbers");
    add(20, 20, i -> "member " + i, "SADD", "small set");
    add(2000, 500, i -> "member " + i, "SADD", "large set");
    add(3, 3, i -> noise(200), "SADD", "set of large members");
  }

  private void hashes() throws IOException {
    for (int i = 0; i < 20; i++) {
      call("HSET", "small hash", "field " + i, "value " + i);
    }
    for (int i = 0; i < 1500; i++) {
      call("HSET", "large hash", "field " + i, noise(i % 50));
    }
    call("HSET", "hash of a large value", allBytes(), noise(5000), "number", "-12345");
  }

  private void sortedSets() throws IOException {
    call("ZADD", "extremes", "-inf", "a", "inf", "b", "-0", "c", "1e-300", "d", "0.1", "e");
    for (int i = 0; i < 1500; i++) {
      call("ZADD", "large sorted set", String.valueOf((i % 97) / 7.0), "member " + i);
    }
    call("ZADD", "extremes in a large member", "-inf", noise(300), "inf", "b", "-1.5e300", "c");
  }

  private void fieldExpiries() throws IOException {
    for (String hash : List.of("small hash of expiring fields", "large hash of expiring fields")) {
      int fields = hash.startsWith("small") ? 10 : 1000;
      for (int i = 0; i < fields; i++) {
        call("HSET", hash, "field " + i, "value " + i);
        if (i % 3 > 0) {
          String at = String.valueOf(LATER + i);
          call("HPEXPIREAT", hash, at, "FIELDS", "1", "field " + i);
        }
      }
    }
  }

  private void vectors() throws IOException {
    for (int i = 0; i < 50; i++) {
      String x = String.valueOf(random.nextDouble());
      String y = String.valueOf(random.nextDouble());
      call("VADD", "vectors", "VALUES", "2", x, y, "element " + i, "SETATTR", "{\"n\":" + i + "}");
    }
  }

  private void functions() throws IOException {
    for (String name : List.of("first", "second")) {
      String code =
          "#!lua name=%s\nredis.register_function('%s', function() return 1 end)"
              .formatted(name, name);
      server.call("FUNCTION", "LOAD", "REPLACE", code);
    }
  }

  private void expiries() throws IOException {
    for (String key : List.of("random 20", "short list", "large set", "small hash", "extremes")) {
      call("PEXPIREAT", key, String.valueOf(LATER + key.length()));
    }
  }

  private void set(String key, String value) throws IOException {
    call("SET", key, value);
  }

  private void add(int count, int batch, IntFunction<String> element, String command, String key)
      throws IOException {
    for (int from = 0; from < count; from += batch) {
      List<String> words = new ArrayList<>(List.of(key));
      IntStream.range(from, from + batch).mapToObj(element).forEach(words::add);
      call(command, words.toArray(String[]::new));
    }
  }

  private void call(String command, String... keyAndRest) throws IOException {
    List<String> words = new ArrayList<>(List.of(command, prefix + keyAndRest[0]));
    words.addAll(List.of(keyAndRest).subList(1, keyAndRest.length));
    server.call(words.toArray(String[]::new));
  }

  private String noise(int length) {
    return random
        .ints(length, 0, 256)
        .mapToObj(b -> String.valueOf((char) b))
        .collect(Collectors.joining());
  }

  private static String allBytes() {
    return IntStream.range(0, 256)
        .mapToObj(b -> String.valueOf((char) b))
        .collect(Collectors.joining());
  }
}
