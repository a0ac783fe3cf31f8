package io.managedredis.backup;

import io.managedredis.rdb.DatabaseContents;
import io.managedredis.rdb.Structure;
import io.managedredis.repository.Finding;
import io.managedredis.repository.Finding.Outcome;
import io.managedredis.repository.ShardContents;
import io.managedredis.repository.SlotRange;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** What the examinations of a snapshot mean, as the manifest keeps it. */
final class Findings {

  private final Instant at;

  /** Findings of what was looked at then. */
  Findings(Instant at) {
    this.at = at;
  }

  /**
   * Compares the CRC64 that we computed with the one that the server wrote, 0 when it wrote none.
   */
  Finding checksum(long computed, long stated) {
    if (stated == computed) {
      return proven();
    }
    return stated == 0
        ? finding(Outcome.ABSENT, "the server wrote no checksum (rdbchecksum no)")
        : finding(
            Outcome.DAMAGED,
            String.format(
                Locale.ROOT, "the bytes have CRC64 %016x, the file says %016x", computed, stated));
  }

  /** Whether the snapshot could be walked to its end. */
  Finding structure(Structure structure) {
    return switch (structure.outcome()) {
      case WALKED -> proven();
      case UNKNOWN ->
          finding(
              Outcome.UNKNOWN,
              "unknown from offset " + structure.offset() + ": " + structure.detail());
      case BROKEN ->
          finding(
              Outcome.DAMAGED,
              "broken at offset " + structure.offset() + ": " + structure.detail());
    };
  }

  /**
   * Compares the keys that were counted with those that the server announced before each database:
   * the process that writes the snapshot is frozen, so both are the same.
   */
  Finding counts(Structure structure) {
    if (structure.outcome() != Structure.Outcome.WALKED) {
      return finding(Outcome.UNKNOWN, "the structure could not be walked to its end");
    }
    boolean announced = true;
    for (DatabaseContents database : structure.databases()) {
      if (database.announcedKeys() < 0) {
        announced = false;
      } else if (database.announcedKeys() != database.keys()
          || database.announcedExpires() != database.expires()) {
        return finding(
            Outcome.DAMAGED,
            "database "
                + database.index()
                + " has "
                + database.keys()
                + " keys, "
                + database.expires()
                + " with an expiry; the server announced "
                + database.announcedKeys()
                + " and "
                + database.announcedExpires());
      }
    }
    return announced ? proven() : finding(Outcome.ABSENT, "the server announced no numbers");
  }

  /**
   * Looks for keys in slots that the shard did not own.
   *
   * @param owned empty when not in cluster mode
   */
  Finding slots(Structure structure, List<SlotRange> owned) {
    if (owned.isEmpty()) {
      return finding(Outcome.ABSENT, "not in cluster mode");
    }
    OptionalInt foreign = foreignSlot(structure, owned);
    if (foreign.isPresent()) {
      return finding(
          Outcome.DAMAGED,
          "there are keys of slot " + foreign.getAsInt() + ", which it did not own");
    }
    if (structure.outcome() != Structure.Outcome.WALKED) {
      return finding(Outcome.UNKNOWN, "the structure could not be walked to its end");
    }
    long unjudged = structure.slots().unjudgedKeys();
    return unjudged == 0
        ? proven()
        : finding(
            Outcome.UNKNOWN, "the slots of " + unjudged + " very long keys were not looked at");
  }

  /** A slot that keys belong to but the shard did not own, if there is one. */
  static OptionalInt foreignSlot(Structure structure, List<SlotRange> owned) {
    return structure.slots().stream()
        .filter(
            slot -> owned.stream().noneMatch(range -> range.from() <= slot && slot <= range.to()))
        .findFirst();
  }

  Finding proven() {
    return finding(Outcome.PROVEN, "");
  }

  Finding finding(Outcome outcome, String detail) {
    return Finding.of(outcome, at, detail);
  }

  /** What was counted; as far as the structure could be walked. */
  static ShardContents contents(Structure structure) {
    return new ShardContents(
        structure.databases().stream().map(Findings::contents).toList(), structure.functions());
  }

  private static io.managedredis.repository.DatabaseContents contents(DatabaseContents database) {
    Map<String, Long> types = new TreeMap<>();
    database
        .keysByType()
        .forEach((type, keys) -> types.put(type.name().toLowerCase(Locale.ROOT), keys));
    return io.managedredis.repository.DatabaseContents.of(
        database.index(), database.keys(), database.expires(), types);
  }
}
