package io.managedredis.rdb;

import io.managedredis.rdb.Structure.Outcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Walks an RDB file while its bytes go by, and counts what is in it. It needs a few kilobytes,
 * however large the file or anything in it is (another 64 KiB once a compressed key is to be
 * judged), allocates nothing by a length that the file tells, and never keeps the caller's array.
 *
 * <p>The content is looked at as far as the structure asks for it: a compact encoding is one opaque
 * string, and the checksum is passed over. Nothing in the bytes makes it throw.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class StructureReader {
  /** A module's opcode and the prefix of a compressed string, each number being nine bytes long. */
  private static final int LONGEST_STEP = 9 + 1 + 9 + 9;

  private final @Nullable SlotNotes slots;
  private final Walker walker;
  private final byte[] carried = new byte[LONGEST_STEP];
  private int carriedBytes;
  private long position;

  /** A reader that doesn't look at the keys. */
  public StructureReader() {
    this(false);
  }

  /** A reader that notes the cluster slot of every key, or doesn't. */
  public StructureReader(boolean slots) {
    this.slots = slots ? new SlotNotes() : null;
    walker = new Walker(this.slots);
  }

  /**
   * Takes in the next bytes of the file. Once it is no longer {@linkplain #walking() walking}, they
   * are not looked at.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the array
   */
  public void update(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int at = offset;
    int end = offset + length;
    while (at < end && carriedBytes > 0 && walking()) {
      carried[carriedBytes++] = bytes[at++];
      long start = position + (at - offset) - carriedBytes;
      if (walker.walk(carried, 0, carriedBytes, start) > 0) {
        carriedBytes = 0;
      }
    }
    if (at < end && walking()) {
      int taken = walker.walk(bytes, at, end, position - offset);
      if (walking()) {
        carriedBytes = end - taken;
        System.arraycopy(bytes, taken, carried, 0, carriedBytes);
      }
    }
    position += length;
  }

  /** Whether everything so far was known and possible. */
  public boolean walking() {
    return walker.trouble() == null;
  }

  /** What is known if the file ends here. */
  public Structure finish() {
    Walker.Trouble trouble = walker.trouble();
    if (trouble == null) {
      trouble =
          walker.ended()
              ? new Walker.Trouble(Outcome.WALKED, position, "")
              : new Walker.Trouble(
                  Outcome.BROKEN, position, "ends at " + position + ", " + walker.where());
    }
    return new Structure(
        trouble.outcome(),
        trouble.offset(),
        trouble.detail(),
        walker.databases().contents(),
        walker.functions(),
        slots == null ? KeySlots.none() : slots.noted());
  }
}
