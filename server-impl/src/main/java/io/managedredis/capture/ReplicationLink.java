package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import io.managedredis.capture.ReadClock.Expiry;
import io.managedredis.tls.NodeTls;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a node: commands out, lines in, and after the lines the payload. Whatever goes
 * wrong here is a {@link CaptureException}.
 */
final class ReplicationLink implements ByteSource, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicationLink.class);

  /** The longest line that a server has reason to send is an error with a few hundred bytes. */
  private static final int LONGEST_LINE = 4096;

  /** Asks for a full synchronisation: no history is known, and no offset in it. */
  static final List<String> PSYNC = List.of("PSYNC", "?", "-1");

  private static final Duration SILENCE = Duration.ofMillis(500);

  private final Source source;
  private final Deadlines deadlines;
  private final ReadClock clock;
  private final Cancellation cancellation;
  private final Socket socket;
  private final Cancellation.Registration registration;
  private final Expiry stall;
  private final Expiry silence = new Expiry(Reason.STALLED, "no byte came");
  private final byte[] head = new byte[8192];
  private InputStream in;
  private OutputStream out;
  private int headAt;
  private int headEnd;
  private long payload;
  private @Nullable Instant firstByteAt;

  private ReplicationLink(
      Source source, Deadlines deadlines, ReadClock clock, Cancellation cancellation, Socket socket)
      throws IOException {
    this.source = source;
    this.deadlines = deadlines;
    this.clock = clock;
    this.cancellation = cancellation;
    this.socket = socket;
    this.stall =
        new Expiry(Reason.STALLED, "no byte came for " + ReadClock.text(deadlines.stall()));
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.registration = cancellation.register(socket);
  }

  /** Connects, with TLS where the source says so. */
  static ReplicationLink open(Source source, Deadlines deadlines, Cancellation cancellation)
      throws CaptureException {
    ReadClock clock = new ReadClock(deadlines.overall());
    Socket socket = new Connector(source, deadlines.connect(), cancellation).connect(clock);
    ReplicationLink link;
    try {
      link = new ReplicationLink(source, deadlines, clock, cancellation, socket);
    } catch (IOException e) {
      Connector.close(socket, e);
      throw new CaptureException(
          cancellation.isCancelled() ? Reason.CANCELLED : Reason.DROPPED,
          source.address(),
          "the link ended as soon as it was made",
          e);
    }
    try {
      if (source.tls() != null) {
        link.secure(source.tls());
      }
      return link;
    } catch (CaptureException | RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private void secure(SSLSocketFactory factory) throws CaptureException {
    String limit = ReadClock.text(deadlines.handshake());
    clock.within(
        deadlines.handshake(),
        new Expiry(Reason.TLS, "no TLS handshake within " + limit + "; is it a TLS port?"));
    try {
      SSLSocket session = NodeTls.open(factory, socket, source.host(), source.port());
      in = session.getInputStream();
      out = session.getOutputStream();
    } catch (IOException e) {
      throw failure(e, "during the TLS handshake");
    }
  }

  /**
   * Sends a command and reads the line that answers it, within the handshake deadline.
   *
   * @param name what to call the command in messages; its arguments may be secret
   */
  String answer(String name, String... command) throws CaptureException {
    ask(name, List.of(List.of(command)));
    return readLine(name);
  }

  /**
   * Sends commands in one write, so in one TCP segment or TLS record as long as they are short. All
   * that is read then is within one handshake deadline.
   *
   * @param name what to call the commands in messages; their arguments may be secret
   */
  void ask(String name, List<List<String>> commands) throws CaptureException {
    clock.within(
        deadlines.handshake(),
        new Expiry(
            Reason.STALLED,
            "no answer to " + name + " within " + ReadClock.text(deadlines.handshake())));
    send(name, commands);
  }

  /** Sends PSYNC; all that is read until the first byte of the payload is within one deadline. */
  void requestSnapshot() throws CaptureException {
    clock.within(
        deadlines.firstByte(),
        new Expiry(
            Reason.DEADLINE,
            "no first byte of the snapshot within "
                + ReadClock.text(deadlines.firstByte())
                + " of PSYNC; the server may wait for a BGSAVE that is running already (INFO"
                + " persistence), or for its repl-diskless-sync-delay"));
    send("PSYNC", List.of(PSYNC));
  }

  private void send(String name, List<List<String>> commands) throws CaptureException {
    StringBuilder text = new StringBuilder();
    for (List<String> command : commands) {
      text.append('*').append(command.size()).append("\r\n");
      for (String argument : command) {
        // RESP counts bytes, and the text is written below as Latin-1, one byte per character.
        byte[] utf8 = argument.getBytes(StandardCharsets.UTF_8);
        text.append('$').append(utf8.length).append("\r\n");
        text.append(new String(utf8, StandardCharsets.ISO_8859_1)).append("\r\n");
      }
    }
    try {
      out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    } catch (IOException e) {
      throw failure(e, "while " + name + " was sent");
    }
  }

  /**
   * The next line, without its end. Bytes outside ASCII are read as Latin-1.
   *
   * @param name what it should answer, for messages
   */
  String readLine(String name) throws CaptureException {
    StringBuilder line = new StringBuilder();
    while (true) {
      while (headAt < headEnd) {
        char c = (char) (head[headAt++] & 0xff);
        if (c == '\n') {
          int length = line.length();
          boolean carriageReturn = length > 0 && line.charAt(length - 1) == '\r';
          return line.substring(0, carriageReturn ? length - 1 : length);
        }
        if (line.length() == LONGEST_LINE) {
          throw new CaptureException(
              Reason.PROTOCOL,
              node(),
              "the answer to "
                  + name
                  + " has no end within "
                  + LONGEST_LINE
                  + " bytes; it begins with "
                  + Refusal.quoted(line));
        }
        line.append(c);
      }
      headAt = 0;
      headEnd = Math.max(0, readSome(head, 0, head.length, "before it answered " + name));
      if (headEnd == 0) {
        throw new CaptureException(
            Reason.DROPPED,
            node(),
            "the server closed the link before it answered "
                + name
                + (source.tls() == null ? "; its log says why (or does the port need TLS?)" : "")
                + (line.isEmpty() ? "" : "; it said only " + Refusal.quoted(line)));
      }
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws CaptureException {
    int count;
    if (headAt < headEnd) {
      count = Math.min(length, headEnd - headAt);
      System.arraycopy(head, headAt, bytes, offset, count);
      headAt += count;
    } else {
      count = readSome(bytes, offset, length, "after " + payload + " bytes of the snapshot");
    }
    if (payload == 0 && count > 0) {
      firstByteAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
      clock.perRead(deadlines.stall(), stall);
    }
    payload += Math.max(0, count);
    return count;
  }

  /**
   * Redis 6.2 leaves the link of a diskless {@code rdb-only} client open until it acknowledges. The
   * acknowledgement waits for a moment of silence: a server that is just closing would answer it
   * with a reset, and that does not tell whether all was sent. It acknowledges offset 0, nothing.
   */
  @Override
  public void expectClose() throws CaptureException {
    if (headAt < headEnd) {
      return;
    }
    clock.perRead(SILENCE, silence);
    headAt = 0;
    headEnd = 0;
    try {
      headEnd = Math.max(0, in.read(head, 0, head.length));
    } catch (IOException e) {
      if (!silence.equals(clock.expired())) {
        throw failure(e, "after " + payload + " bytes of the snapshot");
      }
      send("REPLCONF ACK", List.of(List.of("REPLCONF", "ACK", "0")));
    } finally {
      clock.perRead(deadlines.stall(), stall);
    }
  }

  /** When the first bytes of the payload were read; {@code null} before that. */
  @Nullable Instant firstByteAt() {
    return firstByteAt;
  }

  private int readSome(byte[] bytes, int offset, int length, String when) throws CaptureException {
    try {
      int count = in.read(bytes, offset, length);
      if (count < 0 && cancellation.isCancelled()) {
        throw new CaptureException(Reason.CANCELLED, node(), "cancelled " + when);
      }
      return count;
    } catch (IOException e) {
      throw failure(e, when);
    }
  }

  private CaptureException failure(IOException e, String when) {
    if (cancellation.isCancelled()) {
      return new CaptureException(Reason.CANCELLED, node(), "cancelled " + when, e);
    }
    Expiry expiry = clock.expired();
    if (expiry != null) {
      return new CaptureException(expiry.reason(), node(), expiry.text() + ", " + when, e);
    }
    // A server refuses a client's certificate after the handshake of TLS 1.3, in its first answer.
    if (e instanceof SSLException && payload == 0) {
      return new CaptureException(
          Reason.TLS,
          node(),
          "no TLS session ("
              + NodeTls.reason(e)
              + "); check the CA, the names in the server's certificate, and the port",
          e);
    }
    return new CaptureException(
        Reason.DROPPED, node(), "the link broke " + when + " (" + e.getMessage() + ")", e);
  }

  /** The node's address. */
  String node() {
    return source.address();
  }

  /**
   * Ends the connection at once. What is closed is the TCP socket below TLS, since a polite end of
   * TLS could wait for a peer that no longer reads.
   */
  @Override
  public void close() {
    registration.close();
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("{}: closing the link failed", node(), e);
    }
  }
}
