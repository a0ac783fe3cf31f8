package io.managedredis.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is to become of the steps of one run. It remembers them. */
public final class Plan {
  private final @Nullable Step target;
  private final @Nullable Fault fault;
  private final Set<String> finished;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Integer> occurrences = new HashMap<>();
  private final CompletableFuture<Step> hanging = new CompletableFuture<>();
  private boolean reached;

  private Plan(@Nullable Step target, @Nullable Fault fault, Set<String> finished) {
    this.target = target;
    this.fault = fault;
    this.finished = finished;
  }

  /** All goes well. */
  public static Plan undisturbed(Set<String> finished) {
    return new Plan(null, null, finished);
  }

  /** That step is never done. */
  public static Plan hangBefore(Step step, Set<String> finished) {
    return new Plan(step, null, finished);
  }

  /**
   * That step fails, and what else fails with it.
   *
   * @param finished operations whose late records belong to an earlier run
   */
  public static Plan failAt(Step step, Fault fault, Set<String> finished) {
    return new Plan(step, fault, finished);
  }

  synchronized Verdict on(String kind, String target, String name) {
    if (isBackground(kind, target)) {
      return Verdict.GO;
    }
    Step step = new Step(name, occurrences.merge(name, 1, Integer::sum));
    steps.add(step);
    boolean here = step.equals(this.target);
    reached |= here;
    if (fault != null) {
      return here || (reached && fault.lastsFor(kind)) ? fault.verdict() : Verdict.GO;
    }
    return here ? Verdict.HANG : Verdict.GO;
  }

  /** Progress is recorded by the clock, not by the work. */
  private boolean isBackground(String kind, String target) {
    return kind.equals("commit")
        && (target.startsWith("record the progress of ")
            || (target.startsWith("record the end of operation ")
                && finished.contains(target.substring(target.lastIndexOf(' ') + 1))));
  }

  void hangs() {
    hanging.complete(target == null ? new Step("none", 0) : target);
  }

  /** Completes when the process stays before the step. */
  public CompletableFuture<Step> hanging() {
    return hanging;
  }

  /** Whether the step came. */
  public synchronized boolean reached() {
    return reached;
  }

  /** The steps so far. */
  public synchronized List<Step> steps() {
    return List.copyOf(steps);
  }
}
