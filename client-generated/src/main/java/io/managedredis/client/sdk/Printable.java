package io.managedredis.client.sdk;

import java.util.regex.Pattern;

/** What came from outside, for the message of an exception, which goes to logs and terminals. */
final class Printable {

  /** What could begin a line of its own, or is not seen, such as a change of direction. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\s\uFFFD]+");

  private Printable() {}

  /**
   * The text in one line: each run of what can't be printed is a space.
   *
   * @param most how many characters it has at most, with an ellipsis where it is cut
   */
  static String of(String text, int most) {
    String begin = text.substring(0, Math.min(text.length(), 4 * most));
    String clean = UNPRINTABLE.matcher(begin).replaceAll(" ").strip();
    if (clean.length() <= most && begin.length() == text.length()) {
      return clean;
    }
    int end = Math.min(clean.length(), most - 1);
    boolean half = end > 0 && Character.isHighSurrogate(clean.charAt(end - 1));
    return clean.substring(0, half ? end - 1 : end) + "…";
  }
}
