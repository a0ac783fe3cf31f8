package io.managedredis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/** How servers keep values in memory, and mostly in a snapshot, too: such as {@code set intset}. */
public final class Encodings {
  private Encodings() {}

  /** All that a server of this version has. */
  public static Set<String> of(ServerVersion version) {
    Set<String> all =
        new TreeSet<>(
            Set.of(
                "string int",
                "string embstr",
                "string raw",
                "list quicklist",
                "set intset",
                "set hashtable",
                "hash hashtable",
                "zset skiplist",
                "stream stream"));
    String small = version == ServerVersion.REDIS_6_2 ? "ziplist" : "listpack";
    all.add("hash " + small);
    all.add("zset " + small);
    if (version.compareTo(ServerVersion.REDIS_7_0) > 0) {
      all.add("list listpack");
      all.add("set listpack");
    }
    if (version == ServerVersion.REDIS_8_0) {
      all.add("hash listpackex");
      all.add("vectorset raw");
    }
    return all;
  }

  /** Those that the keys of database 0 have. */
  public static Set<String> in(RedisProcess server) {
    try (BinaryConnection connection = new BinaryConnection(server)) {
      Set<String> found = new TreeSet<>();
      for (String key : connection.strings("KEYS", "*")) {
        found.add(connection.call("TYPE", key) + " " + connection.call("OBJECT", "ENCODING", key));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
