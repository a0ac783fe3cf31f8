package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Looks a host up and connects to the first of its addresses that answers, in one deadline. */
final class Connector {
  private final Source source;
  private final Duration limit;
  private final Cancellation cancellation;
  private final long end;

  Connector(Source source, Duration limit, Cancellation cancellation) {
    this.source = source;
    this.limit = limit;
    this.cancellation = cancellation;
    this.end = System.nanoTime() + limit.toNanos();
  }

  /** A connected socket, which the caller closes. */
  ClockedSocket connect(ReadClock clock) throws CaptureException {
    IOException last = null;
    for (InetAddress address : lookUp()) {
      // No receive buffer size is set: that would switch off the kernel's own sizing, which grows
      // to several megabytes where the way is long, and cap it at net.core.rmem_max (208 KiB).
      ClockedSocket socket = new ClockedSocket(clock);
      try (Cancellation.Registration registration = cancellation.register(socket)) {
        int millis = (int) Math.min(left() / 1_000_000 + 1, Integer.MAX_VALUE);
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.connect(new InetSocketAddress(address, source.port()), millis);
        return socket;
      } catch (IOException e) {
        close(socket, e);
        last = e;
      }
    }
    throw failure(last);
  }

  /** Nothing can end a look-up by force, so it is a thread of its own that is waited for. */
  private List<InetAddress> lookUp() throws CaptureException {
    FutureTask<InetAddress[]> task =
        new FutureTask<>(() -> InetAddress.getAllByName(source.host()));
    Thread thread = new Thread(task, "look-up of " + source.host());
    thread.setDaemon(true);
    try (Cancellation.Registration registration = cancellation.register(() -> task.cancel(true))) {
      thread.start();
      return Arrays.asList(task.get(left(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (TimeoutException | CancellationException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaptureException(Reason.CANCELLED, source.address(), "the thread was interrupted");
    } finally {
      task.cancel(true);
    }
  }

  private long left() {
    return Math.max(1, end - System.nanoTime());
  }

  private CaptureException failure(@Nullable Throwable cause) {
    if (cancellation.isCancelled()) {
      return new CaptureException(
          Reason.CANCELLED, source.address(), "cancelled while connecting", cause);
    }
    String what;
    if (cause instanceof UnknownHostException) {
      what = "the host is unknown; check its name in the configuration, and the name service";
    } else if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
      what =
          "no connection within "
              + ReadClock.text(limit)
              + "; check that the node runs, and that no firewall is in between";
    } else {
      what =
          "can't connect ("
              + (cause == null ? "no address" : cause.getMessage())
              + "); check that the node runs and listens on this address";
    }
    return new CaptureException(Reason.UNREACHABLE, source.address(), what, cause);
  }

  /** Closes a socket that failed; what goes wrong then is told with the reason. */
  static void close(Socket socket, IOException reason) {
    try {
      socket.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
