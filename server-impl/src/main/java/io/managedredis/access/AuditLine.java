package io.managedredis.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One call as a line: a JSON object in ASCII. What is known from the start comes first; what the
 * end of the call changes comes last, in {@value #TAIL} bytes that are always written as one, and
 * that lie in one sector, so that neither a crash nor a loss of power leaves half of them.
 */
final class AuditLine {
  /** The bytes that are written again, with the line end. */
  static final int TAIL = 192;

  private static final int SECTOR = 512;
  private static final int LONGEST_SUBJECT = 256;
  private static final int LONGEST_RESOURCE = 200;
  private static final int LONGEST_WORD = 64;
  private static final int LONGEST_ID = 50;
  private static final Pattern NOT_AN_ID = Pattern.compile("[^!-~]|[\"\\\\]");
  private static final int DELETE = 0x7f;
  private static final int REPLACEMENT = 0xfffd;

  private static final ObjectWriter JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build().writer();

  private final byte[] head;
  private final @Nullable String folder;

  AuditLine(AuditRecord call) {
    ObjectNode fields = fields();
    fields.put("instant", call.instant().toString());
    fields.put("subject", bounded(call.subject(), LONGEST_SUBJECT));
    fields.put("action", bounded(call.action(), LONGEST_WORD));
    if (call.resource() != null) {
      fields.put("resource", bounded(call.resource(), LONGEST_RESOURCE));
    }
    fields.put("requestId", bounded(call.requestId(), LONGEST_WORD));
    fields.put("address", bounded(call.address(), LONGEST_WORD));
    byte[] object = bytes(fields);
    this.head = object;
    // Its closing brace; the tail has one.
    object[object.length - 1] = ',';
    this.folder = call.folder() == null ? null : id(call.folder());
  }

  /** The most bytes that it takes, wherever it begins. */
  int mostBytes() {
    return head.length + SECTOR + TAIL;
  }

  /** Where in a file the tail comes to lie when the line begins there. */
  long tailAt(long start) {
    long end = start + head.length;
    long left = SECTOR - end % SECTOR;
    return left < TAIL ? end + left : end;
  }

  /** The whole line for that place in a file. */
  byte[] at(long start, byte[] tail) {
    int tailAt = Math.toIntExact(tailAt(start) - start);
    byte[] line = new byte[tailAt + tail.length];
    Arrays.fill(line, (byte) ' ');
    System.arraycopy(head, 0, line, 0, head.length);
    System.arraycopy(tail, 0, line, tailAt, tail.length);
    return line;
  }

  /** The tail of a call whose end is not known. */
  byte[] open() {
    return tail(AuditOutcome.UNKNOWN, null, null, null);
  }

  /**
   * The tail of a call that ended.
   *
   * @param foundFolder the folder, where it was not known when the call began
   */
  byte[] tail(
      AuditOutcome outcome,
      @Nullable Integer code,
      @Nullable String foundFolder,
      @Nullable String operation) {
    ObjectNode fields = fields();
    String known = foundFolder == null ? folder : id(foundFolder);
    if (known != null) {
      fields.put("folder", known);
    }
    fields.put("outcome", outcome.name());
    if (code != null) {
      fields.put("code", code);
    }
    if (operation != null) {
      fields.put("operation", id(operation));
    }
    byte[] object = bytes(fields);
    byte[] tail = new byte[TAIL];
    Arrays.fill(tail, (byte) ' ');
    // The head has the opening brace.
    System.arraycopy(object, 1, tail, 0, object.length - 1);
    tail[TAIL - 1] = '\n';
    return tail;
  }

  /** The line for another log, without line end. */
  String text(byte[] tail) {
    return new String(head, StandardCharsets.US_ASCII)
        + new String(tail, StandardCharsets.US_ASCII).strip();
  }

  private static ObjectNode fields() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static byte[] bytes(ObjectNode fields) {
    try {
      return JSON.writeValueAsString(fields).getBytes(StandardCharsets.US_ASCII);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }

  /** Cut short, and without what JSON would let through to a terminal. */
  private static String bounded(String text, int most) {
    StringBuilder bounded = new StringBuilder();
    text.codePoints()
        .limit(most)
        .map(c -> c == DELETE || Character.getType(c) == Character.SURROGATE ? REPLACEMENT : c)
        .forEach(bounded::appendCodePoint);
    if (text.codePoints().skip(most).findAny().isPresent()) {
      bounded.append("...");
    }
    return bounded.toString();
  }

  /** Ids of folders and operations are short and plain; the tail has room for no others. */
  private static String id(String text) {
    String cut = text.length() > LONGEST_ID ? text.substring(0, LONGEST_ID) : text;
    return NOT_AN_ID.matcher(cut).replaceAll("?");
  }
}
