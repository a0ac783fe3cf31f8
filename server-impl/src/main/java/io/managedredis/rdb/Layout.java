package io.managedredis.rdb;

import io.managedredis.rdb.RdbMagic.Family;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What comes behind a byte that says what comes: a value type or an opcode. It is a list of steps
 * that the {@link Walker} follows; loops jump relative to themselves, so that a list can stand
 * inside another. The low byte of a step says what to do, the rest is its argument.
 *
 * <p>Sources: rdb.c and rdb.h of Redis and Valkey, keymeta.c of Redis.
 */
final class Layout {
  /** The nine bytes at the start. */
  static final int MAGIC = 0;

  /** A value type or an opcode. */
  static final int CODE = 1;

  /** The end of an opcode's layout. */
  static final int END = 2;

  /** The end of a value's layout. */
  static final int VALUE_END = 3;

  /** The end of the file. */
  static final int FILE_END = 4;

  /** A key, which is a string. */
  static final int KEY = 5;

  /** A string in any of its encodings. */
  static final int STRING = 6;

  /** A number. */
  static final int NUMBER = 7;

  /** As many bytes as the argument says. */
  static final int RAW = 8;

  /** A count; what follows up to {@link #NEXT} comes as often. The argument is the way there. */
  static final int EACH = 9;

  /** The end of what is repeated. The argument is the way back to the step behind the count. */
  static final int NEXT = 10;

  /** Values of a module, each behind an opcode of its own, up to the opcode of their end. */
  static final int MODULE_VALUES = 11;

  /** A byte that tells how many follow, with three meanings of its own for no number at all. */
  static final int SCORE = 12;

  /** How a node of a list is written: 1 as one value, 2 packed. */
  static final int CONTAINER = 13;

  /** Nothing to read: fields of the hash have expiries. */
  static final int FIELD_EXPIRIES = 14;

  /** Nothing to read: the next key has an expiry. */
  static final int EXPIRY = 15;

  /** Nothing to read: a function library follows. */
  static final int FUNCTION = 16;

  /** The number of the database that keys belong to from now on. */
  static final int DATABASE = 17;

  /** How many keys the database has. */
  static final int ANNOUNCED_KEYS = 18;

  /** How many keys with an expiry the database has. */
  static final int ANNOUNCED_EXPIRES = 19;

  /** How the file begins. */
  static final Layout START = new Layout(null, false, MAGIC);

  /** Where the next value type or opcode stands. */
  static final Layout NEXT_CODE = new Layout(null, false, CODE);

  private static final int CHECKSUM_BYTES = 8;
  private static final int[] NOTHING = {};
  private static final int[] TEXT = {STRING};
  private static final int[] NUMBERS_2 = {NUMBER, NUMBER};
  private static final int[] MODULE = {MODULE_VALUES};
  private static final int[] HAS_FIELD_EXPIRIES = {FIELD_EXPIRIES};
  private static final @Nullable Layout[] REDIS = redis();
  private static final @Nullable Layout[] VALKEY = valkey();

  private final int[] steps;
  private final @Nullable ValueType type;
  private final boolean attribute;

  private Layout(@Nullable ValueType type, boolean attribute, int... steps) {
    this.steps = steps;
    this.type = type;
    this.attribute = attribute;
  }

  /** Which step to follow, from 0. */
  int step(int index) {
    return steps[index];
  }

  /** The type of the value, or {@code null} for an opcode. */
  @Nullable ValueType type() {
    return type;
  }

  /** Whether it says something about the next key, and can only stand before a key. */
  boolean attribute() {
    return attribute;
  }

  /** The layout behind a byte, 0 to 255; {@code null} if the family has none that is known. */
  static @Nullable Layout find(Family family, int code) {
    return family == Family.REDIS ? REDIS[code] : VALKEY[code];
  }

  private static @Nullable Layout[] redis() {
    @Nullable Layout[] known = common();
    int[] fields = each(one(NUMBER), TEXT, TEXT);
    // 22 and 23 were written by release candidates of 7.4 only, without the earliest expiry.
    known[22] = value(ValueType.HASH, HAS_FIELD_EXPIRIES, fields);
    known[23] = value(ValueType.HASH, HAS_FIELD_EXPIRIES, TEXT);
    known[24] = value(ValueType.HASH, HAS_FIELD_EXPIRIES, raw(8), fields);
    known[25] = value(ValueType.HASH, HAS_FIELD_EXPIRIES, raw(8), TEXT);
    known[26] = value(ValueType.STREAM, stream(4));
    known[27] = value(ValueType.STREAM, stream(5));
    // 28, an array, is left out as long as no server at hand writes one to try it with.
    known[243] = attribute(each(raw(4), MODULE));
    return known;
  }

  private static @Nullable Layout[] valkey() {
    @Nullable Layout[] known = common();
    known[22] = value(ValueType.HASH, HAS_FIELD_EXPIRIES, each(TEXT, TEXT, raw(8)));
    known[243] = opcode(TEXT, each(NUMBERS_2));
    return known;
  }

  private static @Nullable Layout[] common() {
    @Nullable Layout[] known = new @Nullable Layout[256];
    opcodes(known);
    values(known);
    return known;
  }

  private static void opcodes(@Nullable Layout[] known) {
    known[255] = new Layout(null, false, RAW | CHECKSUM_BYTES << 8, FILE_END);
    known[254] = opcode(one(DATABASE));
    known[253] = attribute(one(EXPIRY), raw(4));
    known[252] = attribute(one(EXPIRY), raw(8));
    known[251] = opcode(one(ANNOUNCED_KEYS), one(ANNOUNCED_EXPIRES));
    known[250] = opcode(TEXT, TEXT);
    known[249] = attribute(raw(1));
    known[248] = attribute(one(NUMBER));
    known[247] = opcode(one(NUMBER), MODULE);
    // 246 is a function library as release candidates of 7.0 wrote it; no server loads it.
    known[245] = opcode(one(FUNCTION), TEXT);
    known[244] = opcode(numbers(3));
  }

  private static void values(@Nullable Layout[] known) {
    known[0] = value(ValueType.STRING, TEXT);
    known[1] = value(ValueType.LIST, each(TEXT));
    known[2] = value(ValueType.SET, each(TEXT));
    known[3] = value(ValueType.SORTED_SET, each(TEXT, one(SCORE)));
    known[4] = value(ValueType.HASH, each(TEXT, TEXT));
    known[5] = value(ValueType.SORTED_SET, each(TEXT, raw(8)));
    // 6 is a module's value as release candidates of 4.0 wrote it; only the module can read it.
    known[7] = value(ValueType.MODULE, one(NUMBER), MODULE);
    known[9] = value(ValueType.HASH, TEXT);
    known[10] = value(ValueType.LIST, TEXT);
    known[11] = value(ValueType.SET, TEXT);
    known[12] = value(ValueType.SORTED_SET, TEXT);
    known[13] = value(ValueType.HASH, TEXT);
    known[14] = value(ValueType.LIST, each(TEXT));
    known[15] = value(ValueType.STREAM, stream(1));
    known[16] = value(ValueType.HASH, TEXT);
    known[17] = value(ValueType.SORTED_SET, TEXT);
    known[18] = value(ValueType.LIST, each(one(CONTAINER), TEXT));
    known[19] = value(ValueType.STREAM, stream(2));
    known[20] = value(ValueType.SET, TEXT);
    known[21] = value(ValueType.STREAM, stream(3));
  }

  /** A stream in one of its five versions, each of which adds to the one before. */
  private static int[] stream(int version) {
    int[] nodes = each(TEXT, TEXT);
    // The length and the last id; then the first id, the greatest deleted one, and a counter.
    int[] numbers = numbers(version >= 2 ? 8 : 3);
    int[] pending = each(raw(16 + 8), one(NUMBER));
    int[] consumers = each(TEXT, raw(version >= 3 ? 8 + 8 : 8), each(raw(16)));
    int[] unowned = version >= 5 ? each(raw(16)) : NOTHING;
    // The last id that the group has read, and from version 2 on how many entries.
    int[] position = numbers(version >= 2 ? 3 : 2);
    int[] groups = each(TEXT, position, pending, consumers, unowned);
    int[] producers = each(TEXT, each(TEXT, NUMBERS_2));
    int[] idempotence = version >= 4 ? join(NUMBERS_2, producers, NUMBERS_2) : NOTHING;
    return join(nodes, numbers, groups, idempotence);
  }

  private static Layout value(ValueType type, int[]... parts) {
    return new Layout(type, false, join(one(KEY), join(parts), one(VALUE_END)));
  }

  private static Layout opcode(int[]... parts) {
    return new Layout(null, false, join(join(parts), one(END)));
  }

  private static Layout attribute(int[]... parts) {
    return new Layout(null, true, join(join(parts), one(END)));
  }

  private static int[] each(int[]... parts) {
    int[] body = join(parts);
    return join(one(EACH | body.length << 8), body, one(NEXT | body.length << 8));
  }

  private static int[] numbers(int count) {
    return IntStream.generate(() -> NUMBER).limit(count).toArray();
  }

  private static int[] raw(int bytes) {
    return one(RAW | bytes << 8);
  }

  private static int[] one(int step) {
    return new int[] {step};
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}
