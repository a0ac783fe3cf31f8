package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of the replication protocol up to the payload. Every option is announced by a REPLCONF
 * of its own, since a server that does not know one refuses the whole command.
 */
final class Handshake {
  private static final Pattern FULL_RESYNC =
      Pattern.compile("\\+FULLRESYNC ([0-9a-fA-F]{40}) ([0-9]{1,18})");
  private static final Pattern LENGTH = Pattern.compile("\\$([0-9]{1,18})");
  private static final String MARK = "$EOF:";

  /** More than any node holds: a length beyond it is not one. */
  private static final long LONGEST_PAYLOAD = 1L << 46;

  private final ReplicationLink link;
  private final Source source;

  /** The point in a replication history that a snapshot shows. */
  record Point(String replicationId, long replicationOffset) {}

  Handshake(ReplicationLink link, Source source) {
    this.link = link;
    this.source = source;
  }

  /** Sends the password, where there is one. The server's words are kept out of the message. */
  void authenticate() throws CaptureException {
    String password = source.password();
    if (password == null) {
      return;
    }
    String username = source.username();
    String line =
        username == null
            ? link.answer("AUTH", "AUTH", password)
            : link.answer("AUTH", "AUTH", username, password);
    if (line.equals("+OK")) {
      return;
    }
    if (!line.startsWith("-")) {
      throw garbage("AUTH", line);
    }
    Refusal refusal = Refusal.of(line);
    String lower = line.toLowerCase(Locale.ROOT);
    if (refusal.reason() == Reason.NOT_READY || refusal.reason() == Reason.DENIED) {
      throw refusal.exception(link.node(), "AUTH", line);
    }
    String advice;
    if (lower.contains("without any password") || lower.contains("no password is set")) {
      advice = "the server has no password: take it out of the configuration of this node";
    } else if (lower.contains("wrong number of arguments")) {
      advice = "a server before Redis 6 knows no users: configure the password alone";
    } else if (refusal.reason() == Reason.UNSUPPORTED) {
      advice = "the server does not offer AUTH";
    } else {
      advice = "the user name or the password is wrong, or the user is switched off";
    }
    // An unknown command is answered with its arguments, and here they are the password.
    throw new CaptureException(
        Reason.AUTHENTICATION,
        link.node(),
        "AUTH" + (username == null ? "" : " as " + username) + " was refused: " + advice);
  }

  /**
   * Announces one option.
   *
   * @return whether the server took it; one that does not know it works all the same
   */
  boolean announce(String option, String value) throws CaptureException {
    String name = "REPLCONF " + option + " " + value;
    return taken(name, link.answer(name, "REPLCONF", option, value));
  }

  private boolean taken(String name, String line) throws CaptureException {
    if (line.equals("+OK")) {
      return true;
    }
    if (!line.startsWith("-")) {
      throw garbage(name, line);
    }
    Refusal refusal = Refusal.of(line);
    if (line.startsWith("-ERR ") && refusal.reason() == Reason.PROTOCOL) {
      return false;
    }
    throw refusal.exception(link.node(), name, line);
  }

  /**
   * Reads the answer to PSYNC. Servers send keep-alives before it as well: while they wait for a
   * BGSAVE that is already running.
   */
  Point readPoint() throws CaptureException {
    String line = readPastKeepAlives();
    Matcher fullResync = FULL_RESYNC.matcher(line);
    if (fullResync.matches()) {
      return new Point(fullResync.group(1), Long.parseLong(fullResync.group(2)));
    }
    if (line.startsWith("+CONTINUE")) {
      throw new CaptureException(
          Reason.PROTOCOL,
          link.node(),
          "PSYNC ? -1 was answered with "
              + Refusal.quoted(line)
              + " though a full synchronisation was asked for; is there a proxy in between?");
    }
    throw unexpected("PSYNC", line);
  }

  /**
   * Reads the line before the payload, and says how the payload will end.
   *
   * @param rdbOnly whether the server closes the link after the payload
   */
  Payload readPayloadHeader(boolean rdbOnly) throws CaptureException {
    String line = readPastKeepAlives();
    if (line.startsWith(MARK) && line.length() == MARK.length() + MarkedPayload.MARK_LENGTH) {
      byte[] mark = line.substring(MARK.length()).getBytes(StandardCharsets.ISO_8859_1);
      return new MarkedPayload(link.node(), mark, rdbOnly);
    }
    Matcher length = LENGTH.matcher(line);
    if (length.matches()) {
      long bytes = Long.parseLong(length.group(1));
      if (bytes >= RdbCopy.SHORTEST && bytes <= LONGEST_PAYLOAD) {
        return new CountedPayload(link.node(), bytes);
      }
    }
    if (line.startsWith("$")) {
      throw new CaptureException(
          Reason.PROTOCOL,
          link.node(),
          "the snapshot is announced by "
              + Refusal.quoted(line)
              + ", which is neither $EOF: with a mark of 40 bytes nor a length of "
              + RdbCopy.SHORTEST
              + " to "
              + LONGEST_PAYLOAD);
    }
    throw unexpected("PSYNC", line);
  }

  /**
   * Asks whether our user may run PSYNC, and gets no snapshot. Redis (replication.c, syncCommand)
   * and Valkey execute commands that arrive together before they write any answer, and refuse PSYNC
   * while an answer is still to be written: after they have judged the user, the command's name and
   * the link to a master. So PSYNC is sent together with a REPLCONF, and just this refusal is the
   * permission.
   */
  void checkPermission() throws CaptureException {
    link.ask(
        "REPLCONF and PSYNC", List.of(List.of("REPLCONF", "capa", "eof"), ReplicationLink.PSYNC));
    String announced = "REPLCONF capa eof";
    taken(announced, link.readLine(announced));
    String line = link.readLine("PSYNC");
    if (line.startsWith("-ERR ") && line.contains("pending output")) {
      return;
    }
    // The network brought the two apart, and a snapshot is on its way: a keep-alive says it too.
    if (line.isEmpty() || line.startsWith("+FULLRESYNC") || line.startsWith("+CONTINUE")) {
      return;
    }
    throw unexpected("PSYNC", line);
  }

  private String readPastKeepAlives() throws CaptureException {
    String line = link.readLine("PSYNC");
    while (line.isEmpty()) {
      line = link.readLine("PSYNC");
    }
    return line;
  }

  private CaptureException unexpected(String name, String line) {
    return line.startsWith("-")
        ? Refusal.of(line).exception(link.node(), name, line)
        : garbage(name, line);
  }

  private CaptureException garbage(String name, String line) {
    return new CaptureException(
        Reason.PROTOCOL,
        link.node(),
        name
            + " was answered with "
            + Refusal.quoted(line)
            + ", which a Redis or Valkey server would not say; check host, port and TLS");
  }
}
