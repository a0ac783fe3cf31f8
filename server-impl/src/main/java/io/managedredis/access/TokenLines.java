package io.managedredis.access;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file of tokens as text in UTF-8: a line with the version, then a line for each token, with
 * blanks between id, hash, instant of creation, instant of expiry or {@code -}, roles on folders as
 * {@code role@folder,role@folder}, and the subject, which may have blanks itself.
 */
final class TokenLines {
  static final int MOST_BYTES = 2 << 20;
  static final int MOST_ENTRIES = 10_000;

  private static final String NAME = "managed-redis-tokens ";
  private static final String HEADER = NAME + "1";
  private static final String NEVER = "-";
  private static final int PARTS = 6;

  private TokenLines() {}

  /**
   * Reads the lines.
   *
   * @throws TokenFileException when anything but such lines is there; names the line
   */
  static List<TokenEntry> parse(Path file, byte[] content) throws TokenFileException {
    String[] lines = text(file, content).split("\n", -1);
    if (!lines[0].equals(HEADER)) {
      throw new TokenFileException(
          file
              + (lines[0].matches(NAME + "[0-9]{1,9}")
                  ? " is of version " + lines[0].substring(NAME.length()) + "; this program knows 1"
                  : " is not a file of tokens: its first line is not \"" + HEADER + "\""),
          null);
    }
    List<TokenEntry> entries = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    // What follows the last line end is the end of the file.
    int last = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    for (int i = 1; i < last; i++) {
      try {
        TokenEntry entry = entry(lines[i]);
        if (!ids.add(entry.id())) {
          throw new IllegalArgumentException("the id " + entry.id() + " is there twice");
        }
        entries.add(entry);
      } catch (IllegalArgumentException e) {
        throw damaged(file, "line " + (i + 1) + ": " + e.getMessage());
      }
    }
    if (entries.size() > MOST_ENTRIES) {
      throw damaged(file, "it has more than " + MOST_ENTRIES + " tokens");
    }
    return entries;
  }

  static byte[] print(List<TokenEntry> entries) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    entries.forEach(entry -> text.append(line(entry)).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Path file, byte[] content) throws TokenFileException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw damaged(file, "it is not UTF-8");
    }
  }

  private static TokenEntry entry(String line) {
    String[] parts = line.split(" ", PARTS);
    if (parts.length < PARTS) {
      throw new IllegalArgumentException(
          "there are not " + PARTS + " parts with a blank between each");
    }
    List<Grant> grants = new ArrayList<>();
    for (String grant : parts[4].split(",", -1)) {
      int at = grant.indexOf('@');
      Role role =
          Role.named(grant.substring(0, Math.max(0, at)))
              .orElseThrow(
                  () -> new IllegalArgumentException("the fifth part is not ROLE@FOLDER,..."));
      grants.add(new Grant(role, grant.substring(at + 1)));
    }
    return new TokenEntry(
        parts[0],
        parts[1],
        parts[5],
        grants,
        instant(parts[2]),
        parts[3].equals(NEVER) ? null : instant(parts[3]));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("an instant is not like 2026-11-22T10:00:00Z", e);
    }
  }

  private static String line(TokenEntry entry) {
    String grants =
        entry.grants().stream()
            .map(grant -> grant.role() + "@" + grant.folderId())
            .collect(Collectors.joining(","));
    String expires = entry.expiresAt() == null ? NEVER : entry.expiresAt().toString();
    return String.join(
        " ",
        entry.id(),
        entry.secretHash(),
        entry.createdAt().toString(),
        expires,
        grants,
        entry.subject());
  }

  private static TokenFileException damaged(Path file, String what) {
    return new TokenFileException(
        file + " is damaged: " + what + ". Put it back from a copy, or correct it by hand", null);
  }
}
