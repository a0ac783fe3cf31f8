package io.managedredis.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A bare connection to a server on 127.0.0.1, for requests that no client would send and for
 * callers who do not read. Reads answers that have a Content-Length, and holds each against the
 * contract. Every wait ends after 10 seconds, unless another time is set.
 */
public final class RawHttp implements AutoCloseable {

  private static final int WAIT_MILLIS = 10_000;
  private static final int MOST_HEADER_BYTES = 65_536;

  /** A longer one is refused before the server has read it. */
  private static final int MOST_TARGET = 8192;

  private static final Pattern HEAD =
      Pattern.compile(
          "(?<method>[A-Z]+) (?<target>/[^ \r\n]*) HTTP/1\\.1\r\n"
              // A head with control characters in it is none that anybody has to read.
              + "(?<fields>(?:[^\\p{Cntrl}\\x80-\\x9f]+\r\n)*)\r\n");

  private final Socket socket;

  /** What was asked and not answered yet. */
  private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

  /** A request, as far as it can be read. */
  private record Asked(URI uri, HttpHeaders headers) {
    static final Asked NOTHING_READABLE = new Asked(URI.create("/raw"), none());

    static HttpHeaders none() {
      return HttpHeaders.of(Map.of(), (name, value) -> true);
    }
  }

  /** Connects. */
  public RawHttp(int port) throws IOException {
    socket = new Socket();
    connect(port);
  }

  /** Connects and shakes hands. */
  public RawHttp(int port, SSLContext tls) throws IOException {
    this(connected(port, tls));
    ((SSLSocket) socket).startHandshake();
  }

  /** Goes on with a connection; it is closed with this. */
  public RawHttp(SSLSocket connected) throws IOException {
    socket = connected;
    prepare();
  }

  /** Connects for TLS and leaves the handshake to whoever knows how it should be. */
  public static SSLSocket connected(int port, SSLContext tls) throws IOException {
    return (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }

  /** Connects with a window of about that many bytes: who does not read, soon stops the server. */
  public RawHttp(int port, int receiveBuffer) throws IOException {
    socket = new Socket();
    socket.setReceiveBufferSize(receiveBuffer);
    connect(port);
  }

  /**
   * Connects from another address of this host.
   *
   * @param from such as 127.0.0.2
   */
  public RawHttp(int port, String from) throws IOException {
    socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    connect(port);
  }

  private void connect(int port) throws IOException {
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAIT_MILLIS);
    prepare();
  }

  private void prepare() throws IOException {
    socket.setSoTimeout(WAIT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Makes {@link #close()} a reset instead of an orderly end. */
  public void closeWithReset() throws IOException {
    if (!socket.isClosed()) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /** Sends bytes, one request or more; ISO 8859-1, so that every byte can be written. */
  public void send(String requests) throws IOException {
    // Noted first: another thread may read the answer before this one goes on.
    for (Matcher head = HEAD.matcher(requests); head.find(); ) {
      asked.add(asked(head.group("target"), head.group("fields")));
    }
    socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes whose answers nobody will read. */
  public void sendUnread(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  private static Asked asked(String target, String fields) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line : fields.split("\r\n", -1)) {
      String[] field = line.split(":", 2);
      if (field.length == 2 && !field[0].isEmpty()) {
        headers.computeIfAbsent(field[0], name -> new ArrayList<>()).add(field[1].strip());
      }
    }
    if (target.length() > MOST_TARGET) {
      return Asked.NOTHING_READABLE;
    }
    try {
      return new Asked(new URI(target), HttpHeaders.of(headers, (name, value) -> true));
    } catch (URISyntaxException e) {
      return Asked.NOTHING_READABLE;
    }
  }

  /**
   * Reads one answer and holds it against the contract, as one to a request that may be broken.
   *
   * @param method of the request; one to HEAD has no body
   * @throws IOException when the server ends the connection or stays silent, or when what it sends
   *     is no HTTP
   */
  public Exchange answer(String method) throws IOException {
    Exchange exchange = read(method, !method.equals("HEAD"));
    ContractExtension.exchanged(exchange, true);
    return exchange;
  }

  /** Whether an answer has begun to arrive. */
  public boolean isAnswered() throws IOException {
    return socket.getInputStream().available() > 0;
  }

  /** Reads the head of one answer to GET and leaves the body where it is. */
  public Exchange answerWithoutBody() throws IOException {
    Exchange exchange = read("HEAD", false);
    ContractExtension.exchanged(exchange, true);
    return exchange;
  }

  /**
   * That many bytes, whatever they are.
   *
   * @throws IOException when the connection ends before
   */
  public byte[] bytes(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("the connection ended after " + bytes.length + " bytes");
    }
    return bytes;
  }

  /** All that comes until the server ends the connection, in order or not. */
  public byte[] untilClosed() throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    byte[] buffer = new byte[65_536];
    try {
      for (int n = socket.getInputStream().read(buffer); n >= 0; ) {
        received.write(buffer, 0, n);
        n = socket.getInputStream().read(buffer);
      }
    } catch (SocketException e) {
      // A reset ends it as well.
      return received.toByteArray();
    }
    return received.toByteArray();
  }

  private Exchange read(String method, boolean withBody) throws IOException {
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
    Asked request = Objects.requireNonNullElse(asked.poll(), Asked.NOTHING_READABLE);
    return Exchange.of(
        method,
        request.uri(),
        request.headers(),
        "",
        Integer.parseInt(status[1]),
        received,
        withBody ? body(received) : new byte[0]);
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

  private byte[] body(HttpHeaders headers) throws IOException {
    int length = Math.toIntExact(headers.firstValueAsLong("content-length").orElse(0));
    byte[] body = socket.getInputStream().readNBytes(length);
    if (body.length < length) {
      throw new IOException("the body ended after " + body.length + " of " + length + " bytes");
    }
    return body;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
