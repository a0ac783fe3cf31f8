package io.managedredis.capture;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A TCP socket whose every read asks a {@link ReadClock} how long it may wait. */
final class ClockedSocket extends Socket {
  private final ReadClock clock;

  ClockedSocket(ReadClock clock) {
    super(Proxy.NO_PROXY);
    this.clock = clock;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new ClockedStream(super.getInputStream());
  }

  private final class ClockedStream extends FilterInputStream {
    private final byte[] single = new byte[1];

    ClockedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      long start = System.nanoTime();
      long waited = 0;
      while (true) {
        setSoTimeout(clock.timeout(waited));
        try {
          return in.read(bytes, offset, length);
        } catch (SocketTimeoutException e) {
          // The next question to the clock says whether a deadline is really over.
          waited = System.nanoTime() - start;
        }
      }
    }
  }
}
