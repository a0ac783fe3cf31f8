package io.managedredis.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bare connection to a server on 127.0.0.1, for requests that no client would send. Reads answers
 * that have a Content-Length. Every wait ends after 10 seconds.
 */
public final class RawHttp implements AutoCloseable {

  private static final int WAIT_MILLIS = 10_000;
  private static final int MOST_HEADER_BYTES = 65_536;

  private final Socket socket;

  /** Connects. */
  public RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(WAIT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Sends bytes; ISO 8859-1, so that every byte can be written. */
  public void send(String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads one answer.
   *
   * @param method of the request; one to HEAD has no body
   * @throws IOException when the server ends the connection or stays silent, or when what it sends
   *     is no HTTP
   */
  public Exchange answer(String method) throws IOException {
    String head = head();
    String[] lines = head.split("\r\n", -1);
    String[] status = lines[0].split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
      throw new IOException("no answer of HTTP: " + lines[0]);
    }
    Map<String, List<String>> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] field = lines[i].split(":", 2);
      if (field.length == 2) {
        headers.computeIfAbsent(field[0], name -> new ArrayList<>()).add(field[1].strip());
      }
    }
    HttpHeaders received = HttpHeaders.of(headers, (name, value) -> true);
    return new Exchange(
        method,
        URI.create("/raw"),
        HttpHeaders.of(Map.of(), (name, value) -> true),
        "",
        Integer.parseInt(status[1]),
        received,
        method.equals("HEAD") ? "" : body(received));
  }

  private String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    int last = 0;
    while (head.size() < MOST_HEADER_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended after: " + head);
      }
      head.write(next);
      last = last << 8 | next;
      if (last == 0x0d0a0d0a) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    throw new IOException("headers without an end");
  }

  private String body(HttpHeaders headers) throws IOException {
    int length = Math.toIntExact(headers.firstValueAsLong("content-length").orElse(0));
    byte[] body = socket.getInputStream().readNBytes(length);
    if (body.length < length) {
      throw new IOException("the body ended after " + body.length + " of " + length + " bytes");
    }
    return Exchange.text(body);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
