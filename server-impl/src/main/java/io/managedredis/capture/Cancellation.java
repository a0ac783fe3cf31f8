package io.managedredis.capture;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one thread end what others are doing, by closing what they wait on. Once cancelled it stays
 * so. Safe for use by many threads.
 */
public final class Cancellation {
  private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

  private final List<Registration> registered = new ArrayList<>();
  private boolean cancelled;

  /** Something that is closed on cancellation until this is closed. */
  public final class Registration implements AutoCloseable {
    private final Closeable resource;

    private Registration(Closeable resource) {
      this.resource = resource;
    }

    /** Forgets the resource, without closing it. */
    @Override
    public void close() {
      synchronized (registered) {
        registered.remove(this);
      }
    }
  }

  /** Cancels and closes all that is registered, in the calling thread. Does nothing if repeated. */
  public void cancel() {
    List<Registration> toClose;
    synchronized (registered) {
      cancelled = true;
      toClose = List.copyOf(registered);
      registered.clear();
    }
    toClose.forEach(registration -> close(registration.resource));
  }

  /** Whether it was cancelled. */
  public boolean isCancelled() {
    synchronized (registered) {
      return cancelled;
    }
  }

  /** Has the resource closed on cancellation: at once, if that has already happened. */
  public Registration register(Closeable resource) {
    Registration registration = new Registration(resource);
    synchronized (registered) {
      if (!cancelled) {
        registered.add(registration);
        return registration;
      }
    }
    close(resource);
    return registration;
  }

  private static void close(Closeable resource) {
    try {
      resource.close();
    } catch (IOException e) {
      // Whoever uses the resource meets the consequence; the others must be closed all the same.
      LOG.warn("Closing on cancellation failed: {}", e.toString());
    }
  }
}
