package io.managedredis.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;

/**
 * Forwards connections on 127.0.0.1 to a server, and spoils what the server says. Offsets count the
 * server's bytes from the start of each connection. A fault set while connections are open works on
 * them from then on. Safe for use by many threads.
 */
public final class FaultProxy implements AutoCloseable {
  private enum Kind {
    NONE,
    DROP,
    STALL,
    FLIP
  }

  private record Fault(Kind kind, long at) {}

  private final InetSocketAddress target;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Object change = new Object();
  private Fault fault = new Fault(Kind.NONE, 0);
  private int faultyConnections = Integer.MAX_VALUE;
  private boolean closed;

  private FaultProxy(InetSocketAddress target, ServerSocketFactory sockets) {
    this.target = target;
    try {
      listener = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("accept", this::accept);
  }

  /** A proxy to the server, without a fault so far. */
  public static FaultProxy to(RedisProcess server) {
    return to(server.port());
  }

  /** A proxy to a port of 127.0.0.1, without a fault so far. */
  public static FaultProxy to(int port) {
    return new FaultProxy(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        ServerSocketFactory.getDefault());
  }

  /** A proxy that takes what the factory's sockets take, such as TLS, and forwards plain bytes. */
  public static FaultProxy to(int port, ServerSocketFactory sockets) {
    return new FaultProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), sockets);
  }

  /** Closes each connection after so many of the server's bytes. */
  public void dropAfter(long bytes) {
    set(new Fault(Kind.DROP, bytes));
  }

  /** Forwards nothing of the server's beyond so many bytes, and leaves the connection open. */
  public void stallAfter(long bytes) {
    set(new Fault(Kind.STALL, bytes));
  }

  /** Flips the lowest bit of the server's byte at the offset. */
  public void flipByteAt(long offset) {
    set(new Fault(Kind.FLIP, offset));
  }

  /** Forwards everything as it is; ends a stall. */
  public void none() {
    set(new Fault(Kind.NONE, 0));
  }

  /** Only so many of the connections made from now on suffer from faults; the others work. */
  public void limitTo(int connections) {
    synchronized (change) {
      faultyConnections = connections;
    }
  }

  /** The port on 127.0.0.1 to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** {@code 127.0.0.1:port}. */
  public String address() {
    return "127.0.0.1:" + port();
  }

  /** How many connections were made so far. */
  public int connections() {
    return connections.get();
  }

  /** How many sockets are open now, on both sides. */
  public int openSockets() {
    return open.size();
  }

  /** How many of the server's bytes were forwarded so far. */
  public long bytes() {
    return bytes.get();
  }

  private void set(Fault next) {
    synchronized (change) {
      fault = next;
      change.notifyAll();
    }
  }

  private Fault fault() {
    synchronized (change) {
      return fault;
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      connections.incrementAndGet();
      boolean faulty;
      synchronized (change) {
        faulty = faultyConnections > 0;
        faultyConnections = Math.max(0, faultyConnections - 1);
      }
      run("connection", () -> serve(client, faulty));
    }
  }

  private void serve(Socket client, boolean faulty) throws IOException {
    try (client;
        Socket server = new Socket()) {
      open.add(client);
      open.add(server);
      server.connect(target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      run(
          "to server",
          () -> {
            try (server) {
              client.getInputStream().transferTo(server.getOutputStream());
            }
          });
      spoil(server.getInputStream(), client.getOutputStream(), faulty);
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  private void spoil(InputStream in, OutputStream out, boolean faulty) throws IOException {
    byte[] buffer = new byte[65536];
    long position = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      Fault now = faulty ? fault() : new Fault(Kind.NONE, 0);
      int before = (int) Math.max(0, Math.min(count, now.at() - position));
      boolean here = before < count;
      if (now.kind() == Kind.FLIP && here && position + before == now.at()) {
        buffer[before] ^= 1;
      }
      boolean stops = here && (now.kind() == Kind.DROP || now.kind() == Kind.STALL);
      // Counted first: whoever has received a byte finds it counted.
      bytes.addAndGet(stops ? before : count);
      out.write(buffer, 0, stops ? before : count);
      if (stops && now.kind() == Kind.DROP) {
        return;
      }
      if (stops) {
        awaitChangeFrom(now);
        bytes.addAndGet(count - before);
        out.write(buffer, before, count - before);
      }
      position += count;
    }
  }

  private void awaitChangeFrom(Fault stall) throws IOException {
    synchronized (change) {
      while (fault.equals(stall) && !closed) {
        try {
          change.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException expected) {
                // The peers of a proxy close their ends whenever they like; that is no failure
                // here.
                Thread.currentThread().setName(expected.toString());
              }
            },
            "proxy: " + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes the listener and all connections. */
  @Override
  public void close() {
    synchronized (change) {
      closed = true;
      change.notifyAll();
    }
    try {
      listener.close();
      for (Closeable socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
