package io.managedredis.cluster;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Looks at the answers of a node before Jedis does, which reserves as much memory as a length or a
 * count tells. Lines and texts are all that a probe asks for, so anything else ends the connection.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">RESP</a>
 */
final class RespGuard extends FilterInputStream {

  /** INFO has a few kilobytes, CLUSTER NODES of a thousand nodes some hundreds. */
  static final int LONGEST_TEXT = 4 << 20;

  /** An error has a few hundred bytes. */
  private static final int LONGEST_LINE = 4096;

  /** What is read next. */
  private enum Next {
    TYPE,
    LINE,
    LENGTH,
    TEXT
  }

  private final byte[] single = new byte[1];
  private Next next = Next.TYPE;
  private int line;
  private int length;
  private boolean absent;
  private boolean carriageReturn;
  private int left;

  RespGuard(InputStream in) {
    super(in);
  }

  /** A node says what no server says to these questions. */
  static final class ForeignAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    ForeignAnswerException(String message) {
      super(message);
    }
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    int end = offset + Math.max(0, count);
    for (int at = offset; at < end; ) {
      at = next == Next.TEXT ? text(at, end) : step(bytes[at], at);
    }
    return count;
  }

  private int text(int at, int end) {
    int passed = Math.min(left, end - at);
    left -= passed;
    if (left == 0) {
      next = Next.TYPE;
    }
    return at + passed;
  }

  private int step(byte b, int at) throws IOException {
    switch (next) {
      case TYPE -> type(b);
      case LINE -> {
        if (ends(b)) {
          next = Next.TYPE;
        }
      }
      case LENGTH -> length(b);
      case TEXT -> throw new IllegalStateException("a text has no steps");
    }
    if (++line > LONGEST_LINE) {
      throw new ForeignAnswerException("a line has no end within " + LONGEST_LINE + " bytes");
    }
    return at + 1;
  }

  private void type(byte b) throws IOException {
    line = 0;
    length = 0;
    absent = false;
    carriageReturn = false;
    next =
        switch (b) {
          case '+', '-', ':' -> Next.LINE;
          case '$' -> Next.LENGTH;
          default ->
              throw new ForeignAnswerException("an answer that is neither a line nor a text");
        };
  }

  private void length(byte b) throws IOException {
    if (ends(b)) {
      next = absent ? Next.TYPE : Next.TEXT;
      left = length + 2;
    } else if (b == '-' && line == 1) {
      absent = true;
    } else if (b >= '0' && b <= '9') {
      length = length * 10 + (b - '0');
    } else if (b != '\r') {
      throw new ForeignAnswerException("a length that is none");
    }
    if (length > LONGEST_TEXT) {
      throw new ForeignAnswerException(
          "a text of more than " + (LONGEST_TEXT >> 20) + " MiB was announced");
    }
  }

  /** Only both together end a line to Jedis; what ended one for us alone would hide the next. */
  private boolean ends(byte b) throws IOException {
    if (carriageReturn != (b == '\n')) {
      throw new ForeignAnswerException("a line that ends in another way than CR LF");
    }
    boolean end = b == '\n';
    carriageReturn = b == '\r';
    return end;
  }
}
