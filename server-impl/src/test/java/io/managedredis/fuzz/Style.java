package io.managedredis.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Ways to write the same text in a URI; RFC 3986 allows each of them. */
enum Style {
  /** Only what has to be is encoded. */
  PLAIN,
  /** All but letters, digits and {@code -._~} is encoded. */
  CAREFUL,
  /** As CAREFUL, in lower case; a space in the query is a plus. */
  FORM,
  /** Every byte is encoded. */
  EVERYTHING;

  private static final String UNRESERVED = "-._~";
  private static final String PLAIN_IN_PATH = UNRESERVED + ":@!$'()*,=";
  private static final String PLAIN_IN_QUERY = UNRESERVED + ":@!$'()*,/?=";

  /** As a segment of a path, or a part of one. */
  String path(String text) {
    return encoded(text, PLAIN_IN_PATH, false);
  }

  /** As the name or the value of a query's parameter. */
  String query(String text) {
    return encoded(text, PLAIN_IN_QUERY, this == FORM);
  }

  private String encoded(String text, String plain, boolean plus) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (plus && c == ' ') {
        encoded.append('+');
      } else if (isWrittenAsItIs(c, plain)) {
        encoded.append(c);
      } else {
        String hex = String.format(Locale.ROOT, "%%%02X", (int) c);
        encoded.append(this == FORM ? hex.toLowerCase(Locale.ROOT) : hex);
      }
    }
    return encoded.toString();
  }

  private boolean isWrittenAsItIs(char c, String plain) {
    boolean letterOrDigit = c < 128 && Character.isLetterOrDigit(c);
    return switch (this) {
      case PLAIN -> letterOrDigit || plain.indexOf(c) >= 0;
      case CAREFUL, FORM -> letterOrDigit || UNRESERVED.indexOf(c) >= 0;
      case EVERYTHING -> false;
    };
  }
}
