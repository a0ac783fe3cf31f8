package io.managedredis.rdb;

import io.managedredis.rdb.RdbMagic.Family;
import io.managedredis.rdb.Structure.Outcome;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows the {@link Layout}s through the bytes that it is given, one step after the other. A step
 * takes its whole number or prefix or nothing; what is merely to be passed over is arithmetic.
 */
final class Walker {
  /** Why it can't go on: the outcome, where that begins, and in words. */
  record Trouble(Outcome outcome, long offset, String detail) {}

  /** Groups of a stream, their consumers, and what those have pending. */
  private static final int DEEPEST = 3;

  /** The first version whose files end with a checksum. */
  private static final int CHECKSUM_VERSION = 5;

  private static final int QUICKLIST_PLAIN = 1;
  private static final int QUICKLIST_PACKED = 2;
  private static final int HIGHEST_NUMBER_TEXT = 252;

  private final Prefix prefix = new Prefix();
  private final DatabaseTallies databases = new DatabaseTallies();
  private final @Nullable SlotNotes slots;
  private final long[] remaining = new long[DEEPEST];

  private Family family = Family.REDIS;
  private String magic = "";
  private Layout layout = Layout.START;
  private int step;
  private int depth;
  private int code;
  private boolean attributed;
  private boolean expires;
  private boolean fieldExpiries;
  private long functions;

  private long base;
  private long toPass;
  private boolean inKey;
  private long keyAt;
  private @Nullable Trouble trouble;

  Walker(@Nullable SlotNotes slots) {
    this.slots = slots;
  }

  /**
   * Goes on with these bytes.
   *
   * @param offset where in the file the byte at index 0 stands
   * @return the index of the first byte that was not taken: more are needed there, or there is
   *     trouble
   */
  int walk(byte[] b, int from, int end, long offset) {
    base = offset;
    int at = passed(b, from, end);
    if (at < 0) {
      return from;
    }
    while (at < end) {
      int next = follow(b, at, end);
      if (next < 0) {
        if (next != Prefix.MORE) {
          explain(next, at);
        }
        return at;
      }
      at = next;
    }
    return at;
  }

  private int passed(byte[] b, int from, int end) {
    if (toPass == 0) {
      return from;
    }
    int to = from + (int) Math.min(toPass, end - from);
    toPass -= to - from;
    return inKey ? keyPassed(b, from, to) : to;
  }

  /** Follows one step; answers where the next begins, or why it can't. */
  private int follow(byte[] b, int at, int end) {
    int todo = layout.step(step);
    int argument = todo >>> 8;
    return switch (todo & 0xff) {
      case Layout.STRING -> string(prefix.string(b, at, end), end);
      case Layout.NUMBER -> then(prefix.number(b, at, end));
      case Layout.RAW -> {
        step++;
        yield pass(at, end, argument);
      }
      case Layout.NEXT -> repeat(at, argument);
      case Layout.EACH -> each(prefix.count(b, at, end), argument);
      case Layout.KEY -> key(b, at, end);
      case Layout.VALUE_END -> valueEnd(at);
      case Layout.CODE -> code(b[at] & 0xff, at);
      default -> seldom(b, at, end, todo);
    };
  }

  /** The steps that few files have many of; apart, so that the others are compiled into one. */
  private int seldom(byte[] b, int at, int end, int todo) {
    return switch (todo) {
      case Layout.MODULE_VALUES -> module(b, at, end);
      case Layout.SCORE -> score(b, at, end);
      case Layout.CONTAINER -> container(prefix.number(b, at, end));
      case Layout.DATABASE -> database(prefix.count(b, at, end), at);
      case Layout.ANNOUNCED_KEYS -> {
        int next = prefix.count(b, at, end);
        if (next >= 0) {
          databases.announcedKeys(prefix.value());
        }
        yield then(next);
      }
      case Layout.ANNOUNCED_EXPIRES -> {
        int next = prefix.count(b, at, end);
        if (next >= 0) {
          databases.announcedExpires(prefix.value());
        }
        yield then(next);
      }
      case Layout.FIELD_EXPIRIES -> {
        fieldExpiries = true;
        yield then(at);
      }
      case Layout.EXPIRY -> {
        expires = true;
        yield then(at);
      }
      case Layout.FUNCTION -> {
        functions++;
        yield then(at);
      }
      case Layout.END -> {
        nextCode();
        yield at;
      }
      case Layout.MAGIC -> magic(b, at, end);
      case Layout.FILE_END -> trouble(Outcome.BROKEN, at, "bytes behind the end of the file");
      default -> throw new IllegalStateException("No layout has a step " + todo);
    };
  }

  private int container(int next) {
    boolean either = prefix.value() == QUICKLIST_PACKED || prefix.value() == QUICKLIST_PLAIN;
    return next < 0 || either ? then(next) : Prefix.IMPOSSIBLE;
  }

  private int database(int next, int at) {
    if (next < 0) {
      return next;
    }
    if (prefix.value() > Integer.MAX_VALUE) {
      return Prefix.IMPOSSIBLE;
    }
    if (!databases.select(prefix.value())) {
      return trouble(
          Outcome.UNKNOWN, at, "more than " + DatabaseTallies.MOST_DATABASES + " databases");
    }
    return then(next);
  }

  private void nextCode() {
    layout = Layout.NEXT_CODE;
    step = 0;
  }

  private int then(int next) {
    if (next >= 0) {
      step++;
    }
    return next;
  }

  private int string(int next, int end) {
    if (next < 0) {
      return next;
    }
    step++;
    return pass(next, end, prefix.value());
  }

  private int pass(int at, int end, long bytes) {
    if (bytes <= end - at) {
      return at + (int) bytes;
    }
    toPass = bytes - (end - at);
    return end;
  }

  private int each(int next, int body) {
    if (next < 0) {
      return next;
    }
    if (prefix.value() == 0) {
      step += body + 2;
    } else {
      remaining[depth++] = prefix.value();
      step++;
    }
    return next;
  }

  private int repeat(int at, int body) {
    if (--remaining[depth - 1] > 0) {
      step -= body;
    } else {
      depth--;
      step++;
    }
    return at;
  }

  private int magic(byte[] b, int at, int end) {
    if (end - at < RdbMagic.LENGTH) {
      return Prefix.MORE;
    }
    try {
      RdbMagic found = RdbMagic.parse(Arrays.copyOfRange(b, at, at + RdbMagic.LENGTH));
      magic = found.text();
      if (found.version() < CHECKSUM_VERSION) {
        return trouble(Outcome.UNKNOWN, at, magic + ", a version without a checksum");
      }
      family = found.family();
    } catch (UnknownMagicException e) {
      return trouble(
          Outcome.UNKNOWN, at, "a magic that is neither REDIS and 4 digits nor VALKEY and 3");
    }
    nextCode();
    return at + RdbMagic.LENGTH;
  }

  private int code(int found, int at) {
    Layout next = Layout.find(family, found);
    if (next == null) {
      return trouble(Outcome.UNKNOWN, at, "value type or opcode " + found + " of " + magic);
    }
    if (attributed && !next.attribute() && next.type() == null) {
      return trouble(
          Outcome.BROKEN, at, "opcode " + found + " where a key has to follow its attributes");
    }
    attributed = next.attribute();
    code = found;
    layout = next;
    step = 0;
    return at + 1;
  }

  private int valueEnd(int at) {
    ValueType type = layout.type();
    if (type != null) {
      databases.key(type, expires, fieldExpiries);
    }
    expires = false;
    fieldExpiries = false;
    nextCode();
    return at;
  }

  private int key(byte[] b, int at, int end) {
    int next = prefix.string(b, at, end);
    if (next < 0 || slots == null) {
      return string(next, end);
    }
    if (prefix.integer()) {
      return integerKey(slots, b, next, end);
    }
    slots.begin(prefix.uncompressed());
    inKey = true;
    keyAt = base + at;
    return keyPassed(b, next, string(next, end));
  }

  private int integerKey(SlotNotes noted, byte[] b, int at, int end) {
    int bytes = (int) prefix.value();
    if (end - at < bytes) {
      return Prefix.MORE;
    }
    int key = b[at + bytes - 1];
    for (int i = bytes - 2; i >= 0; i--) {
      key = key << 8 | (b[at + i] & 0xff);
    }
    noted.integer(key);
    return then(at + bytes);
  }

  private int keyPassed(byte[] b, int from, int to) {
    if (slots != null) {
      slots.update(b, from, to);
      if (toPass == 0) {
        inKey = false;
        if (!slots.end()) {
          trouble =
              new Trouble(Outcome.BROKEN, keyAt, "a key that can't be decompressed, " + where());
          return Prefix.IMPOSSIBLE;
        }
      }
    }
    return to;
  }

  /** Opcodes: 0 end, 1 signed, 2 unsigned, 3 float, 4 double, 5 string. */
  private int module(byte[] b, int at, int end) {
    int next = prefix.number(b, at, end);
    if (next < 0) {
      return next;
    }
    long opcode = prefix.value();
    if (opcode == 0) {
      return then(next);
    }
    if (opcode == 1 || opcode == 2) {
      return prefix.number(b, next, end);
    }
    if (opcode == 3 || opcode == 4) {
      return pass(next, end, opcode == 3 ? Float.BYTES : Double.BYTES);
    }
    if (opcode == 5) {
      int bytes = prefix.string(b, next, end);
      return bytes < 0 ? bytes : pass(bytes, end, prefix.value());
    }
    return trouble(
        Outcome.UNKNOWN, at, "module opcode " + Long.toUnsignedString(opcode) + ", " + where());
  }

  private int score(byte[] b, int at, int end) {
    int length = b[at] & 0xff;
    step++;
    return pass(at + 1, end, length <= HIGHEST_NUMBER_TEXT ? length : 0);
  }

  private int trouble(Outcome outcome, int at, String detail) {
    trouble = new Trouble(outcome, base + at, detail);
    return Prefix.IMPOSSIBLE;
  }

  private void explain(int reason, int at) {
    if (trouble != null) {
      return;
    }
    if (reason == Prefix.UNKNOWN) {
      trouble(Outcome.UNKNOWN, at, "a string encoding that is not known, " + where());
    } else {
      trouble(Outcome.BROKEN, at, "a number or length that no server writes, " + where());
    }
  }

  /** Why it can't go on, {@code null} as long as it can. */
  @Nullable Trouble trouble() {
    return trouble;
  }

  /** Whether everything up to the end of the file has gone by. */
  boolean ended() {
    return toPass == 0 && layout.step(step) == Layout.FILE_END;
  }

  /** What it is in, in words. */
  String where() {
    if (layout == Layout.START) {
      return "inside the magic";
    }
    if (layout == Layout.NEXT_CODE) {
      return "before the opcode of the end";
    }
    return (layout.type() == null ? "inside opcode " : "inside value type ")
        + code
        + " of "
        + magic;
  }

  /** What was counted so far. */
  DatabaseTallies databases() {
    return databases;
  }

  /** How many function libraries there were so far. */
  long functions() {
    return functions;
  }
}
