package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** The comparison itself must be able to fail. */
class ContentsTest {
  private static final String LATER = "4102444800123";

  @EveryServer
  void aChangeOfWhateverAClientCanSeeIsADifference(ServerVersion version) {
    try (RedisProcess server = version.builder().start()) {
      for (String[] change : changes(server)) {
        Contents before = Contents.of(server);
        server.command(change);
        assertThat(Contents.of(server)).as(List.of(change).toString()).isNotEqualTo(before);
      }
    }
  }

  @EveryServer
  void readingChangesNothing(ServerVersion version) {
    try (RedisProcess server = version.builder().start()) {
      Dataset.fill(server);
      String digest = server.digest();
      Contents first = Contents.of(server);
      assertThat(Contents.of(server)).isEqualTo(first);
      assertThat(server.digest()).isEqualTo(digest);
    }
  }

  private static List<String[]> changes(RedisProcess server) {
    List<String[]> changes = new ArrayList<>();
    changes.add(command("SET string value"));
    changes.add(command("SET string valuf"));
    changes.add(command("PEXPIREAT string " + LATER));
    changes.add(command("PEXPIREAT string 4102444800124"));
    changes.add(command("RPUSH list a b"));
    changes.add(command("LSET list 1 c"));
    changes.add(command("SADD set a"));
    changes.add(command("HSET hash a b"));
    changes.add(command("HSET hash a c"));
    changes.add(command("ZADD zset 1 a"));
    changes.add(command("ZADD zset 1.5 a"));
    changes.add(command("XADD stream 1-1 a b"));
    changes.add(command("XADD stream 1-2 a b"));
    changes.add(command("XGROUP CREATE stream group 0"));
    changes.add(command("XGROUP CREATECONSUMER stream group one"));
    changes.add(command("XREADGROUP GROUP group one COUNT 1 STREAMS stream >"));
    changes.add(command("XACK stream group 1-1"));
    changes.add(command("XSETID stream 9-9"));
    changes.add(command("MOVE list 5"));
    if (knows(server, "HPEXPIREAT")) {
      changes.add(command("HPEXPIREAT hash " + LATER + " FIELDS 1 a"));
      changes.add(command("HPEXPIREAT hash 4102444800124 FIELDS 1 a"));
    }
    if (knows(server, "VADD")) {
      changes.add(command("VADD vectors VALUES 2 1 0 a"));
      changes.add(command("VADD vectors VALUES 2 1 1 a"));
      changes.add(command("VSETATTR vectors a {}"));
    }
    if (knows(server, "FUNCTION")) {
      changes.add(library("1"));
      changes.add(library("2"));
    }
    return changes;
  }

  private static String[] library(String answer) {
    String code = "redis.register_function('f', function() return " + answer + " end)";
    return new String[] {"FUNCTION", "LOAD", "REPLACE", "#!lua name=library\n" + code};
  }

  private static boolean knows(RedisProcess server, String command) {
    return server.command("COMMAND", "INFO", command) instanceof List<?> answer
        && answer.get(0) != null;
  }

  private static String[] command(String words) {
    return words.split(" ", -1);
  }
}
