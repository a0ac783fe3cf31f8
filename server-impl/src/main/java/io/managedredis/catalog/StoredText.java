package io.managedredis.catalog;

/** What every engine can store as text and give back unchanged. */
final class StoredText {
  private StoredText() {}

  /** Refuses an empty name, and control characters, which no id has and not every engine takes. */
  static void requireName(String what, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
    // A loop, since every row that is read comes through here.
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        throw new IllegalArgumentException(what + " must not contain control characters");
      }
    }
  }

  /** Refuses what is no shard's name: 1 to 63 of {@code [a-zA-Z0-9_-]}. */
  static void requireShardName(String name) {
    boolean fits = !name.isEmpty() && name.length() <= 63;
    for (int i = 0; fits && i < name.length(); i++) {
      char c = name.charAt(i);
      fits = isLetterOrDigit(c) || c == '_' || c == '-';
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "shard name '%s' must be 1 to 63 of [a-zA-Z0-9_-]".formatted(name));
    }
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** The text without NUL, which PostgreSQL can't store. */
  static String storable(String text) {
    return text.replace('\0', '\uFFFD');
  }
}
