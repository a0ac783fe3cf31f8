package io.managedredis.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection to a server on 127.0.0.1 that stays open: one request at a time, nothing between
 * the caller and the socket. Not for more than one thread. A wait ends after 60 seconds.
 */
final class KeepAliveClient implements AutoCloseable {
  private static final int WAIT_MILLIS = 60_000;
  private static final int MOST_LINE = 8192;

  private final int port;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** Connects. */
  KeepAliveClient(int port) throws IOException {
    this.port = port;
    socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAIT_MILLIS);
      socket.setSoTimeout(WAIT_MILLIS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 65_536);
      out = socket.getOutputStream();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * The body that a target answers, such as {@code /a?b=c}.
   *
   * @throws IOException when the status is not 200, or the connection ends within the answer
   */
  byte[] get(String target) throws IOException {
    String request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    String statusLine = line();
    int length = -1;
    boolean chunked = false;
    for (String field = line(); !field.isEmpty(); field = line()) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).trim());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.endsWith("chunked");
      }
    }
    if (!chunked && length < 0) {
      throw new IOException("an answer without a length: " + statusLine);
    }
    byte[] body = chunked ? chunks() : exactly(length);
    if (!statusLine.startsWith("HTTP/1.1 200")) {
      throw new IOException(target + " answers " + statusLine);
    }
    return body;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.writeBytes(exactly(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended within an answer");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.length() > MOST_LINE) {
        throw new EOFException("the connection ended, or a line did not");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
