package io.managedredis.drift;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where the run of the mutants, the tests and the servers meet: which round is run, which drift is
 * let in, what was seen. Servers are started where no extension can reach them, so the JVM has one
 * of these; outside of a mutation run it does nothing.
 */
final class DriftControl {

  static final DriftControl OF_THIS_JVM = new DriftControl();

  private final Contract contract = Contract.present();
  private final Map<String, Drift> drifts = Drifts.byId(contract);
  private final AtomicReference<@Nullable Round> round = new AtomicReference<>();
  private final AtomicReference<@Nullable Activation> active = new AtomicReference<>();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  /** A drift that is let in, and whether it has changed anything. */
  private static final class Activation {
    private final Drift drift;
    private final Injection injection;
    private volatile boolean applied;

    Activation(Drift drift) {
      this.drift = drift;
      this.injection = drift.injection().get();
    }

    boolean concerns(String operation) {
      return drift.operation().equals(operation);
    }
  }

  private DriftControl() {}

  /** All drifts of the contract, by their ids. */
  Map<String, Drift> drifts() {
    return drifts;
  }

  /** What goes around each test; empty outside of a mutation run. */
  Optional<Round> round() {
    return Optional.ofNullable(round.get());
  }

  void round(@Nullable Round next) {
    round.set(next);
  }

  void letIn(Drift drift) {
    active.set(new Activation(drift));
  }

  /** Ends the drift; answers whether it has changed anything. */
  boolean keepOut() {
    Activation former = active.getAndSet(null);
    return former != null && former.applied;
  }

  /** What answers were seen since the last call, in the words of {@link Drift#needs()}. */
  Set<String> takeSeen() {
    Set<String> taken = Set.copyOf(seen);
    seen.removeAll(taken);
    return taken;
  }

  /** The operation that the contract has for a request. */
  String operation(String method, String rawPath) {
    return contract.at(method, rawPath).map(DeclaredOperation::id).orElse(Drift.NO_OPERATION);
  }

  void request(String operation, Incoming request) {
    Activation activation = active.get();
    if (activation == null) {
      if (!operation.equals(Drift.NO_OPERATION)) {
        seen.addAll(Seen.in(contract.operation(operation), request));
      }
    } else if (activation.concerns(operation) && activation.injection.onRequest(request)) {
      activation.applied = true;
    }
  }

  void answer(String operation, Outgoing answer) {
    Activation activation = active.get();
    if (activation == null) {
      seen.addAll(Seen.in(operation, answer));
    } else if (activation.concerns(operation)
        && (activation.drift.status() == 0 || activation.drift.status() == answer.status())
        && activation.injection.onAnswer(answer)) {
      activation.applied = true;
    }
  }
}
