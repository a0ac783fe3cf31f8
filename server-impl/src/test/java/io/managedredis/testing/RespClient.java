package io.managedredis.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that speaks RESP2, without knowing any command. */
public final class RespClient implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  /** An error that the server answered; the message is its line without the minus. */
  public static final class ErrorReply extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ErrorReply(String message) {
      super(message);
    }
  }

  /** Connects; each answer has to come within the timeout. */
  public RespClient(String host, int port, int timeoutMillis) throws IOException {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(host, port), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      out = socket.getOutputStream();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends without waiting for the answer. */
  public void send(byte[]... command) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("*" + command.length + "\r\n"));
    for (byte[] argument : command) {
      bytes.writeBytes(ascii("$" + argument.length + "\r\n"));
      bytes.writeBytes(argument);
      bytes.writeBytes(ascii("\r\n"));
    }
    bytes.writeTo(out);
  }

  /**
   * Reads one answer: a String, a byte[] of a bulk string, a Long, a List of such, or {@code null}.
   *
   * @throws ErrorReply if the server answered an error
   */
  public @Nullable Object receive() throws IOException {
    Object answer = receiveAny();
    if (answer instanceof ErrorReply error) {
      throw error;
    }
    return answer;
  }

  /** One command and its answer, as {@link #receive()} gives it. */
  public @Nullable Object call(String... command) throws IOException {
    byte[][] bytes = new byte[command.length][];
    for (int i = 0; i < command.length; i++) {
      bytes[i] = command[i].getBytes(StandardCharsets.UTF_8);
    }
    send(bytes);
    return receive();
  }

  private @Nullable Object receiveAny() throws IOException {
    String line = receiveLine();
    if (line.isEmpty()) {
      throw new IOException("Not RESP2: an empty line");
    }
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> new ErrorReply(rest);
      case ':' -> Long.valueOf(rest);
      case '$' -> readBulk(Integer.parseInt(rest));
      case '*' -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = Integer.parseInt(rest); i > 0; i--) {
          list.add(receiveAny());
        }
        yield list;
      }
      default -> throw new IOException("Not RESP2: " + line);
    };
  }

  private byte @Nullable [] readBulk(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    byte[] bulk = in.readNBytes(length);
    if (bulk.length < length || in.readNBytes(2).length < 2) {
      throw new EOFException("The server closed the connection inside an answer");
    }
    return bulk;
  }

  /** The next line as it is, without its end: for answers that are no RESP, such as PSYNC's. */
  public String receiveLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("The server closed the connection; it said only: " + line);
      }
      line.append((char) c);
    }
    boolean carriageReturn = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
    return line.substring(0, line.length() - (carriageReturn ? 1 : 0));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
