package io.managedredis.rdb;

import java.util.List;

/**
 * What a {@link StructureReader} found in an RDB file.
 *
 * <p>The structure alone proves no content: a changed byte inside a value leaves it as it was. That
 * is what the checksum is for, which is not computed here.
 *
 * @param outcome whether the whole file could be read
 * @param offset where in the file reading ended, in bytes from its start: its length if it was
 *     walked or ends too early, otherwise where the unknown or the impossible begins
 * @param detail what was met there, printable ASCII of at most a few hundred characters, without
 *     any key or value; empty if the file was walked
 * @param databases what was read of each database that the file names, ascending by index
 * @param functions how many function libraries were read
 * @param slots the cluster slots of the keys, none unless they were asked for
 */
public record Structure(
    Outcome outcome,
    long offset,
    String detail,
    List<DatabaseContents> databases,
    long functions,
    KeySlots slots) {
  /** How far reading came. */
  public enum Outcome {
    /** From the magic to the checksum behind the opcode of the end, and nothing behind. */
    WALKED,
    /**
     * Something that this reader doesn't know: a newer format, or damage that looks like one. The
     * rest could not be read.
     */
    UNKNOWN,
    /** Something that no server writes, or an end too early. */
    BROKEN
  }

  /** Keeps a copy of the list. */
  public Structure {
    databases = List.copyOf(databases);
  }

  /** How many keys were read to their end, in all databases. */
  public long keys() {
    return databases.stream().mapToLong(DatabaseContents::keys).sum();
  }
}
