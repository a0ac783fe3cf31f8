package io.managedredis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a client can see in a server: two servers with equal contents answer alike. The
 * server's own {@code DEBUG DIGEST} does not do for that: of an expiry it knows only that there is
 * one, of consumer groups, pending entries and functions nothing.
 *
 * @param keys by {@code database/key}
 * @param functions the libraries with their code, sorted
 */
public record Contents(Map<String, Key> keys, List<String> functions) {
  private static final int SHOWN = 200;
  private static final int RACES = 1000;

  /**
   * What a key holds.
   *
   * @param type as TYPE answers
   * @param expiresAtMillis milliseconds since 1970, or -1
   * @param value every byte of it, in an order of our own where the server has none; its SHA-256
   *     when it is long
   */
  public record Key(String type, long expiresAtMillis, String value) {}

  /** What the server holds now, in all its databases; nothing should be writing to it. */
  public static Contents of(RedisProcess server) {
    try (BinaryConnection connection = new BinaryConnection(server)) {
      Map<String, Key> keys = new TreeMap<>();
      for (String database : databases(connection)) {
        connection.call("SELECT", database);
        for (String key : connection.strings("KEYS", "*")) {
          keys.put(database + "/" + key, key(connection, key));
        }
      }
      List<String> functions =
          connection.knows("FUNCTION")
              ? sorted(connection.list("FUNCTION", "LIST", "WITHCODE"), 1)
              : List.of();
      return new Contents(keys, functions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> databases(BinaryConnection server) throws IOException {
    return String.valueOf(server.call("INFO", "keyspace"))
        .lines()
        .filter(line -> line.startsWith("db"))
        .map(line -> line.substring(2, line.indexOf(':')))
        .toList();
  }

  private static Key key(BinaryConnection server, String key) throws IOException {
    String type = String.valueOf(server.call("TYPE", key));
    String value =
        switch (type) {
          case "string" -> shown(server.call("GET", key));
          case "list" -> shown(server.list("LRANGE", key, "0", "-1"));
          case "set" -> sorted(server.list("SMEMBERS", key), 1).toString();
          case "zset" -> shown(server.list("ZRANGE", key, "0", "-1", "WITHSCORES"));
          case "hash" -> hash(server, key);
          case "stream" -> stream(server, key);
          case "vectorset" -> vectors(server, key);
          default -> throw new IllegalStateException("nobody taught us the type " + type);
        };
    return new Key(type, expiry(server, key), brief(value));
  }

  /** Redis 6.2 tells only how long a key has left, so the clock must stand still meanwhile. */
  private static long expiry(BinaryConnection server, String key) throws IOException {
    if (server.knows("PEXPIRETIME")) {
      return server.number("PEXPIRETIME", key);
    }
    if (server.number("PTTL", key) < 0) {
      return -1;
    }
    for (int race = 0; race < RACES; race++) {
      server.call("MULTI");
      server.call("TIME");
      server.call("PTTL", key);
      server.call("TIME");
      List<?> answers = server.list("EXEC");
      if (millis(answers.get(0)) == millis(answers.get(2)) && answers.get(1) instanceof Long left) {
        return millis(answers.get(0)) + left;
      }
    }
    throw new IllegalStateException("the server never answered within a millisecond");
  }

  private static long millis(@Nullable Object time) {
    if (time instanceof List<?> parts) {
      return Long.parseLong(String.valueOf(parts.get(0))) * 1000
          + Long.parseLong(String.valueOf(parts.get(1))) / 1000;
    }
    throw new IllegalStateException("TIME answered " + time);
  }

  private static String hash(BinaryConnection server, String key) throws IOException {
    List<String> flat = server.strings("HGETALL", key);
    String fields = sorted(flat, 2).toString();
    if (!server.knows("HPEXPIRETIME")) {
      return fields;
    }
    List<String> command = new ArrayList<>(List.of("HPEXPIRETIME", key, "FIELDS"));
    List<String> names =
        IntStream.range(0, flat.size() / 2).mapToObj(i -> flat.get(2 * i)).sorted().toList();
    command.add(String.valueOf(names.size()));
    command.addAll(names);
    return fields + " until " + server.list(command.toArray(String[]::new));
  }

  /** How many nodes the tree has is not content: it depends on what was deleted before. */
  private static String stream(BinaryConnection server, String key) throws IOException {
    List<Object> told = new ArrayList<>(server.list("XINFO", "STREAM", key, "FULL", "COUNT", "0"));
    for (String internal : List.of("radix-tree-keys", "radix-tree-nodes")) {
      int at = told.indexOf(internal);
      told.subList(at, at + 2).clear();
    }
    return shown(told);
  }

  private static String vectors(BinaryConnection server, String key) throws IOException {
    String all = String.valueOf(server.number("VCARD", key));
    List<String> elements = new ArrayList<>();
    for (String element : server.strings("VRANDMEMBER", key, all)) {
      elements.add(
          shown(element)
              + shown(server.call("VEMB", key, element, "RAW"))
              + shown(server.call("VGETATTR", key, element)));
    }
    return elements.stream().sorted().toList().toString();
  }

  private static List<String> sorted(List<?> flat, int width) {
    return IntStream.range(0, flat.size() / width)
        .mapToObj(i -> shown(flat.subList(i * width, (i + 1) * width)))
        .sorted()
        .toList();
  }

  /** With every string's length before it, so that no two answers look alike. */
  private static String shown(@Nullable Object answer) {
    if (answer instanceof String text) {
      return text.length() + ":" + text;
    }
    return answer instanceof List<?> list
        ? list.stream().map(Contents::shown).collect(Collectors.joining(",", "[", "]"))
        : String.valueOf(answer);
  }

  private static String brief(String value) {
    if (value.length() <= SHOWN) {
      return value;
    }
    try {
      byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
      return "SHA-256 "
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
