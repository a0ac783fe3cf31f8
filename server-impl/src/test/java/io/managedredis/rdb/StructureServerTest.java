package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.rdb.Structure.Outcome;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Redis 6.2 saves, against what it and redis-check-rdb say about it. */
class StructureServerTest {
  private static final int MANY = 3000;

  @Test
  void countsWhatTheServerHolds() throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      fill(redis);
      Structure structure = Structures.of(saved(redis));
      assertThat(structure.outcome()).isEqualTo(Outcome.WALKED);
      DatabaseContents first = structure.databases().get(0);
      assertThat(first.keys()).isEqualTo(redis.size()).isEqualTo(first.announcedKeys());
      assertThat(first.keysByType())
          .isEqualTo(
              Map.of(
                  ValueType.STRING, MANY + 2L,
                  ValueType.LIST, 1L,
                  ValueType.SET, 2L,
                  ValueType.SORTED_SET, 1L,
                  ValueType.HASH, 1L,
                  ValueType.STREAM, 1L));
    }
  }

  @Test
  void countsWhatRedisCheckRdbCounts(@TempDir Path directory) throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      fill(redis);
      byte[] file = saved(redis);
      String said = checkRdb(redis, directory);
      Structure structure = Structures.of(file);
      assertThat(said).contains("RDB looks OK");
      assertThat(structure.keys()).isEqualTo(number(said, "keys read"));
      assertThat(structure.databases().stream().mapToLong(DatabaseContents::expires).sum())
          .isEqualTo(number(said, "expires"));
      assertThat(said).contains("[offset " + structure.offset() + "] Checksum OK");
    }
  }

  @Test
  void notesTheSlotsThatTheServerTells() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(1, 0)) {
      RedisProcess redis = cluster.masters().get(0);
      String[] keys = {
        "a",
        "user:{42}:name",
        "{}b",
        "{unclosed",
        "x{}{y}",
        "-32768",
        "2147483647",
        "99999999999",
        "long".repeat(100),
        "{tag}" + "long".repeat(100),
        "long".repeat(100) + "{tag}"
      };
      TreeSet<Integer> slots = new TreeSet<>();
      for (String key : keys) {
        slots.add(Integer.valueOf(String.valueOf(redis.command("CLUSTER", "KEYSLOT", key))));
        redis.command("SET", key, "value");
      }
      assertThat(Structures.of(saved(redis)).slots().stream()).containsExactlyElementsOf(slots);
    }
  }

  private static void fill(RedisProcess redis) {
    redis.fill(MANY, 100);
    redis.command("SET", "compressed", "a".repeat(50_000));
    redis.command("SET", "42", "7", "EX", "1000000");
    for (int i = 0; i < MANY; i++) {
      String text = String.valueOf(i);
      redis.command("RPUSH", "list", text, "element " + text);
      redis.command("SADD", "integers", text);
      redis.command("SADD", "members", "member " + text);
      redis.command("ZADD", "sorted", text + ".5", "member " + text);
      redis.command("HSET", "hash", "field " + text, "value " + text);
      redis.command("XADD", "stream", "*", "field", text);
    }
    redis.command("XGROUP", "CREATE", "stream", "group", "0");
    redis.command(
        "XREADGROUP", "GROUP", "group", "consumer", "COUNT", "1000", "STREAMS", "stream", ">");
    redis.command("EXPIRE", "hash", "1000000");
    redis.command("SELECT", "7");
    redis.command("SET", "elsewhere", "value", "EX", "1000000");
    redis.command("SELECT", "0");
  }

  private static byte[] saved(RedisProcess redis) throws IOException {
    redis.command("SAVE");
    return Files.readAllBytes(redis.directory().resolve("dump.rdb"));
  }

  /** The server's binary, which becomes the checker by its name. */
  private static String checkRdb(RedisProcess redis, Path directory) throws Exception {
    Path server =
        Path.of(ProcessHandle.of(redis.pid()).orElseThrow().info().command().orElseThrow());
    Path checker = Files.copy(server, directory.resolve("redis-check-rdb"));
    assertThat(checker.toFile().setExecutable(true)).isTrue();
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(checker.toString(), redis.directory().resolve("dump.rdb").toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(said, StandardCharsets.ISO_8859_1);
  }

  private static long number(String said, String what) {
    Matcher matcher = Pattern.compile("\\[info] ([0-9]+) " + what).matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
