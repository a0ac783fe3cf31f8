package io.managedredis.http;

import java.util.Optional;
import org.glassfish.grizzly.Buffer;

/**
 * Reads the head of a request strictly, beside Grizzly's parser, which forgives much: what two
 * parsers in a row understand differently is how requests are smuggled past the first (RFC 9112,
 * sections 2.2, 3, 5 and 11.2). Not safe for use by several threads at once.
 */
final class RequestHead {

  /** Why a head is refused. */
  enum Flaw {
    /** It is no HTTP/1.1, or could be read in more than one way. */
    MALFORMED(400),
    /** The request line is longer than a whole head may be. */
    TARGET_TOO_LONG(414),
    /** There are too many headers, or they are too long. */
    HEADERS_TOO_LARGE(431);

    private final int httpStatus;

    Flaw(int httpStatus) {
      this.httpStatus = httpStatus;
    }

    int httpStatus() {
      return httpStatus;
    }
  }

  private enum Part {
    REQUEST_LINE,
    REQUEST_LINE_END,
    LINE_START,
    NAME,
    VALUE,
    VALUE_END,
    HEAD_END,
    DONE
  }

  /** RFC 9110, section 5.6.2, beside letters and digits. */
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  /** How many headers a request may have. */
  static final int MOST_HEADERS = 100;

  private final int mostBytes;
  private Part part = Part.REQUEST_LINE;
  private int from = -1;
  private int next;
  private int spaces;
  private int headers;
  private boolean wordBegun;

  /**
   * Begins with a request.
   *
   * @param mostBytes of the request line and the headers together
   */
  RequestHead(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Begins with another request. */
  void reset() {
    part = Part.REQUEST_LINE;
    from = -1;
    spaces = 0;
    headers = 0;
    wordBegun = false;
  }

  /**
   * Reads what has come since the last call.
   *
   * @param input all that has come of this request, its position always at the same place
   */
  Optional<Flaw> read(Buffer input) {
    if (from < 0) {
      from = input.position();
      next = from;
    }
    for (; next < input.limit() && part != Part.DONE; next++) {
      if (next - from >= mostBytes) {
        return Optional.of(tooLarge());
      }
      if (!accepts(input.get(next) & 0xff)) {
        return Optional.of(Flaw.MALFORMED);
      }
      if (headers > MOST_HEADERS) {
        return Optional.of(Flaw.HEADERS_TOO_LARGE);
      }
    }
    return Optional.empty();
  }

  private Flaw tooLarge() {
    return part == Part.REQUEST_LINE || part == Part.REQUEST_LINE_END
        ? Flaw.TARGET_TOO_LONG
        : Flaw.HEADERS_TOO_LARGE;
  }

  private boolean accepts(int octet) {
    return switch (part) {
      case REQUEST_LINE -> inRequestLine(octet);
      case LINE_START -> atLineStart(octet);
      case NAME -> inName(octet);
      case VALUE -> inValue(octet);
      case REQUEST_LINE_END, VALUE_END -> lineFeed(octet, Part.LINE_START);
      case HEAD_END -> lineFeed(octet, Part.DONE);
      case DONE -> false;
    };
  }

  private boolean lineFeed(int octet, Part following) {
    part = following;
    return octet == '\n';
  }

  private boolean atLineStart(int octet) {
    if (octet == '\r') {
      part = Part.HEAD_END;
      return true;
    }
    headers++;
    part = Part.NAME;
    return isToken(octet);
  }

  private boolean inName(int octet) {
    if (octet == ':') {
      part = Part.VALUE;
      return true;
    }
    return isToken(octet);
  }

  private boolean inValue(int octet) {
    if (octet == '\r') {
      part = Part.VALUE_END;
      return true;
    }
    return octet == '\t' || (octet >= ' ' && octet != 0x7f);
  }

  /** Three words, one space between them. */
  private boolean inRequestLine(int octet) {
    if (octet == ' ') {
      boolean between = wordBegun && spaces < 2;
      spaces++;
      wordBegun = false;
      return between;
    }
    if (octet == '\r') {
      part = Part.REQUEST_LINE_END;
      return wordBegun && spaces == 2;
    }
    wordBegun = true;
    return octet > ' ' && octet != 0x7f;
  }

  private static boolean isToken(int octet) {
    return (octet >= 'a' && octet <= 'z')
        || (octet >= 'A' && octet <= 'Z')
        || (octet >= '0' && octet <= '9')
        || (octet < 0x80 && TOKEN_MARKS.indexOf(octet) >= 0);
  }
}
