package io.managedredis.operation;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stop that somebody can request. Safe for any number of threads. */
public final class StopSignal implements Stop {
  private static final Logger log = LoggerFactory.getLogger(StopSignal.class);

  private final Object lock = new Object();
  private final List<Waiting> waiting = new ArrayList<>();
  private volatile boolean requested;

  /** Requests the stop and runs the actions that wait for it; the second time nothing happens. */
  public void request() {
    List<Waiting> due;
    synchronized (lock) {
      requested = true;
      due = List.copyOf(waiting);
      waiting.clear();
    }
    due.forEach(one -> run(one.action()));
  }

  @Override
  public boolean requested() {
    return requested;
  }

  @Override
  public Registration onRequest(Runnable action) {
    Waiting added = new Waiting(action);
    synchronized (lock) {
      if (!requested) {
        waiting.add(added);
        return () -> remove(added);
      }
    }
    run(action);
    return () -> {};
  }

  private void remove(Waiting taken) {
    synchronized (lock) {
      waiting.removeIf(one -> one == taken);
    }
  }

  /** One action that fails must not keep the others from stopping. */
  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.warn("An action on a stop failed; the others go on", e);
    }
  }

  /** Not a record: the same action may be registered twice, and each is taken back alone. */
  private static final class Waiting {
    private final Runnable action;

    Waiting(Runnable action) {
      this.action = action;
    }

    Runnable action() {
      return action;
    }
  }
}
