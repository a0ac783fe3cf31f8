package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.JedisClusterCRC16;

class SequenceWriterTest {
  @Test
  void countsWhatTheServerHas() {
    try (RedisProcess redis = RedisProcess.start()) {
      SequenceWriter writer = SequenceWriter.to(redis);
      Awaitility.await().until(() -> writer.acknowledged() > 500);
      writer.close();
      assertThat(writer.prefix(redis)).isEqualTo(writer.acknowledged()).isEqualTo(writer.sent());
    }
  }

  @Test
  void aHoleOrASurplusKeyIsFound() {
    try (RedisProcess redis = RedisProcess.start()) {
      SequenceWriter writer = SequenceWriter.to(redis);
      Awaitility.await().until(() -> writer.acknowledged() > 500);
      writer.close();
      redis.command("RENAME", "{seq}:7", "{seq}:other");
      assertThatThrownBy(() -> writer.prefix(redis)).isInstanceOf(AssertionError.class);
      redis.command("RENAME", "{seq}:other", "{seq}:7");
      redis.command("SET", "{seq}:" + (writer.sent() + 1), "too early");
      assertThatThrownBy(() -> writer.prefix(redis)).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void keysAreInTheSlotsThatWereAskedFor() {
    try (RedisProcess redis = RedisProcess.start()) {
      SequenceWriter writer = SequenceWriter.to(redis, 10922, 16383);
      Awaitility.await().until(() -> writer.acknowledged() > 0);
      writer.close();
      assertThat(JedisClusterCRC16.getSlot(String.valueOf(redis.command("RANDOMKEY"))))
          .isBetween(10922, 16383);
    }
  }

  @Test
  void aServerThatEndsIsToldAtTheEnd() {
    try (RedisProcess redis = RedisProcess.start()) {
      SequenceWriter writer = SequenceWriter.to(redis);
      Awaitility.await().until(() -> writer.acknowledged() > 0);
      redis.kill();
      assertThatThrownBy(writer::close).isInstanceOf(IllegalStateException.class);
    }
  }
}
