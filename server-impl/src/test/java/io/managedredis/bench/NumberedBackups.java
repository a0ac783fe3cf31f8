package io.managedredis.bench;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * A catalogue of any size whose every backup follows from its number, so that whoever asks for it
 * needs no list of ids: {@code bench/api.lua} computes the same ids. One folder; a backup each
 * second, of the clusters in turn.
 *
 * @param count how many there are, 1 to 16,000,000
 */
public record NumberedBackups(int count) {
  /** The folder of all of them. */
  public static final String FOLDER = "b1gbench000000000001";

  private static final long FIRST = Instant.parse("2026-05-01T00:00:00Z").getEpochSecond();
  private static final int MOST = 16_000_000;
  private static final int SECONDS_OF_A_BACKUP = 40;
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  /** Checks the range above. */
  public NumberedBackups {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(count + " backups; it must be 1 to " + MOST);
    }
  }

  /** How many clusters they are of. */
  public int clusters() {
    return count <= 100_000 ? 10 : 1000;
  }

  /**
   * The id of a cluster.
   *
   * @param number from 0
   */
  public static String clusterId(int number) {
    return "c9qbench%012d".formatted(number);
  }

  /**
   * The id of a backup.
   *
   * @param number from 0, the oldest
   */
  public String id(int number) {
    // Five bits for each of the last six characters.
    StringBuilder suffix = new StringBuilder("q7");
    for (int shift = 25; shift >= 0; shift -= 5) {
      suffix.append(BASE32.charAt((number >> shift) & 31));
    }
    return "%s:%s-%s"
        .formatted(
            clusterId(number % clusters()),
            STARTED.format(Instant.ofEpochSecond(FIRST + number)),
            suffix);
  }

  /** All of them, the oldest first. */
  public Iterator<BackupEntry> iterator() {
    PrimitiveIterator.OfInt numbers = IntStream.range(0, count).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return numbers.hasNext();
      }

      @Override
      public BackupEntry next() {
        return entry(numbers.nextInt());
      }
    };
  }

  private BackupEntry entry(int number) {
    Instant started = Instant.ofEpochSecond(FIRST + number, nanos(number * 7919L));
    Instant created =
        Instant.ofEpochSecond(FIRST + number + SECONDS_OF_A_BACKUP, nanos(number * 6577L));
    return new BackupEntry(
        id(number),
        FOLDER,
        clusterId(number % clusters()),
        started,
        created,
        number % 10 == 0 ? BackupType.MANUAL : BackupType.AUTOMATED,
        switch (number % 3) {
          case 0 -> List.of("shard1");
          case 1 -> List.of("shard1", "shard2");
          default -> List.of("shard1", "shard2", "shard3");
        },
        1_000_000_000L + number,
        400_000_000L + number);
  }

  /** Microseconds, as our clock readings have. */
  private static long nanos(long seed) {
    return seed % 1_000_000 * 1000;
  }
}
