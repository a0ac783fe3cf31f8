package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.managedredis.rdb.Structure.Outcome;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files: whatever is in them, the answer is a structure, soon, and with little memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StructureFuzzTest {
  static final String[] FIXTURES = Structures.FIXTURES;

  /** Enough for a compressed key of 64 KiB, and far less than any length in the files asks for. */
  private static final long MOST_ALLOCATED = 100_000;

  @ParameterizedTest
  @FieldSource("FIXTURES")
  void aFileThatEndsEarlyIsNeverWalked(String fixture) {
    byte[] file = Structures.fixture(fixture);
    for (int length = 0; length < file.length; length++) {
      Structure structure = Structures.of(Arrays.copyOf(file, length));
      assertThat(structure.outcome()).as("of %d bytes", length).isEqualTo(Outcome.BROKEN);
      assertThat(structure.offset()).isEqualTo(length);
      assertThat(structure.detail()).startsWith("ends at " + length);
    }
  }

  /** Between them these have most opcodes, and the value types that are not one opaque string. */
  @ParameterizedTest
  @ValueSource(strings = {"redis-7.0-module", "redis-8.0"})
  void everyChangeOfAByteEndsInAStructure(String fixture) {
    byte[] file = Structures.fixture(fixture);
    for (int at = 0; at < file.length; at++) {
      byte good = file[at];
      for (int change = 1; change < 256; change++) {
        file[at] = (byte) (good ^ change);
        check(file, false);
      }
      file[at] = good;
    }
    assertThat(Structures.of(file).outcome()).isEqualTo(Outcome.WALKED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"redis-6.2", "redis-7.0", "valkey-8.1", "valkey-9.1", "redis-8.0-cluster"})
  void everyChangeOfABitEndsInAStructure(String fixture) {
    byte[] file = Structures.fixture(fixture);
    for (int at = 0; at < file.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        file[at] ^= (byte) (1 << bit);
        check(file, true);
        file[at] ^= (byte) (1 << bit);
      }
    }
    assertThat(Structures.of(file).outcome()).isEqualTo(Outcome.WALKED);
  }

  @Test
  void garbageBehindAMagicEndsInAStructure() {
    Random random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      byte[] file = new byte[9 + random.nextInt(200)];
      random.nextBytes(file);
      byte[] magic = RdbBytes.file(round % 2 == 0 ? "REDIS0012" : "VALKEY080").unfinished();
      System.arraycopy(magic, 0, file, 0, magic.length);
      check(file, true);
    }
  }

  @Test
  void allocatesNothingByTheLengthsInAFile() {
    byte[][] files = {
      RdbBytes.file("REDIS0011").raw(0).numbers(1L << 40).zeros(1000).unfinished(),
      RdbBytes.file("REDIS0011").raw(0, 0xc3).numbers(1L << 40, 1L << 41).zeros(1000).unfinished(),
      RdbBytes.file("REDIS0011").raw(0, 0xc3).numbers(1000, 65_536).zeros(900).unfinished(),
      RdbBytes.file("REDIS0011").raw(4).text("key").numbers(1L << 40).zeros(1000).unfinished(),
      RdbBytes.file("REDIS0011").raw(15).text("key").numbers(1L << 40).zeros(1000).unfinished(),
    };
    for (byte[] file : files) {
      check(file, true);
      long before = allocated();
      check(file, true);
      assertThat(allocated() - before).isLessThan(MOST_ALLOCATED);
    }
  }

  /** Whether a structure that was damaged is still one depends on the byte; its form does not. */
  private static void check(byte[] file, boolean slots) {
    StructureReader reader = new StructureReader(slots);
    reader.update(file, 0, file.length);
    Structure structure = reader.finish();
    String detail = structure.detail();
    boolean printable = true;
    for (int i = 0; i < detail.length(); i++) {
      printable &= detail.charAt(i) >= ' ' && detail.charAt(i) < 0x7f;
    }
    boolean inside = structure.offset() >= 0 && structure.offset() <= file.length;
    boolean reasoned = (structure.outcome() == Outcome.WALKED) == detail.isEmpty();
    if (!printable || detail.length() > 200 || !inside || !reasoned) {
      throw new AssertionError(structure);
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
