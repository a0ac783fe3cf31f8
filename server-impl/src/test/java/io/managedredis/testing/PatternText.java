package io.managedredis.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts that a pattern of the contract lets through: characters and classes of characters in turn,
 * each with how often it comes.
 */
final class PatternText {

  private static final Pattern PART =
      Pattern.compile(
          "(\\[(?<set>[^]]+)]|(?<one>[^\\[\\](){}*+?|\\\\^$.]))(?<times>\\{[0-9,]+}|\\*)?");

  private PatternText() {}

  private record Part(char character, int least, int most) {}

  /**
   * A text of that many characters.
   *
   * @throws IllegalArgumentException when the pattern has none, or is of another make
   */
  static String ofLength(String pattern, int length) {
    List<Part> parts = parts(pattern);
    int missing = length - parts.stream().mapToInt(Part::least).sum();
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      int more = Math.max(0, Math.min(missing, part.most() - part.least()));
      missing -= more;
      text.append(String.valueOf(part.character()).repeat(part.least() + more));
    }
    if (text.length() != length || !text.toString().matches(pattern)) {
      throw new IllegalArgumentException("no text of " + length + " characters for " + pattern);
    }
    return text.toString();
  }

  private static List<Part> parts(String pattern) {
    String inner = pattern.replaceFirst("^\\^", "").replaceFirst("\\$$", "");
    List<Part> parts = new ArrayList<>();
    Matcher part = PART.matcher(inner);
    int end = 0;
    while (part.find() && part.start() == end) {
      end = part.end();
      parts.add(part(part));
    }
    if (end != inner.length()) {
      throw new IllegalArgumentException("cannot read " + pattern + " from " + end);
    }
    return parts;
  }

  private static Part part(Matcher part) {
    String set = part.group("set");
    // The last of a set is no minus sign, which may not begin an id.
    char character = set == null ? part.group("one").charAt(0) : set.charAt(set.length() - 1);
    String times = part.group("times");
    if (times == null) {
      return new Part(character, 1, 1);
    }
    if (times.equals("*")) {
      return new Part(character, 0, Integer.MAX_VALUE);
    }
    String[] bounds = times.substring(1, times.length() - 1).split(",", -1);
    int least = Integer.parseInt(bounds[0]);
    return new Part(character, least, bounds.length == 1 ? least : Integer.parseInt(bounds[1]));
  }
}
