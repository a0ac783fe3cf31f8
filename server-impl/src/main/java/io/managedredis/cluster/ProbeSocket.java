package io.managedredis.cluster;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * The TCP connection of a probe. It can be closed from another thread at any moment, below TLS and
 * while it still connects, and it takes in no more than any honest answer has.
 */
final class ProbeSocket extends Socket {

  /** The three answers of a probe, with what TLS adds. */
  private static final long MOST_BYTES = 16L << 20;

  /** Connects, and gives each later read as much time. */
  void connect(NodeAddress address, Duration timeout) throws IOException {
    int millis = (int) timeout.toMillis();
    InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
    if (resolved.isUnresolved()) {
      throw new UnknownHostException(address.host());
    }
    setTcpNoDelay(true);
    setSoTimeout(millis);
    connect(resolved, millis);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Bounded(super.getInputStream());
  }

  private static final class Bounded extends FilterInputStream {
    private long left = MOST_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      count(Math.max(0, count));
      return count;
    }

    private void count(int bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw new IOException("it sends more than " + (MOST_BYTES >> 20) + " MiB");
      }
    }
  }
}
