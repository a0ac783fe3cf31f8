package io.managedredis.operation;

import io.managedredis.catalog.Progress;

/** Hears how far an operation has come. */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Takes the newest progress. Costs a memory write, so call it as often as you like, from any
   * thread; it is persisted at most once a second.
   */
  void update(Progress progress);
}
