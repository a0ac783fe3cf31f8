package io.managedredis.drift;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Paths and methods that are gone, and others that answer although the contract has none. */
final class RouteDrifts {

  private static final List<String> METHODS = List.of("GET", "PUT", "POST", "DELETE", "PATCH");

  private final Contract contract;
  private final DeclaredOperation operation;
  private final Pattern path;
  private final List<Drift> drifts = new ArrayList<>();

  private RouteDrifts(Contract contract, DeclaredOperation operation) {
    this.contract = contract;
    this.operation = operation;
    this.path = Pattern.compile(operation.path().replaceAll("\\{[^}]+}", "[^/]+"));
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      RouteDrifts of = new RouteDrifts(contract, operation);
      of.gone();
      of.undeclared();
      all.addAll(of.drifts);
    }
    return all;
  }

  private void gone() {
    request(
        "path or method gone",
        operation.id(),
        "its path is another one",
        request -> {
          request.refuse(404, 5, "There is nothing at this path");
          return true;
        });
    request(
        "path or method gone",
        operation.id(),
        "its method is another one",
        request -> {
          request.refuse(405, 12, "This path does not know that method");
          return true;
        });
  }

  private void undeclared() {
    for (String method : METHODS) {
      boolean declared =
          contract.operations().stream()
              .anyMatch(
                  other -> other.path().equals(operation.path()) && other.method().equals(method));
      if (!declared && !isShadowed(method)) {
        request(
            "undeclared route",
            Drift.NO_OPERATION,
            method + " does the same as " + operation.id(),
            request -> {
              if (!request.method().equals(method) || !path.matcher(request.path()).matches()) {
                return false;
              }
              request.method(operation.method());
              return true;
            });
      }
    }
    // A slash behind a path is no drift: to JAX-RS that is the same path (3.7.2).
    request(
        "undeclared route",
        Drift.NO_OPERATION,
        operation.id() + " answers below another path as well",
        request -> answerAt(request, request.path().replaceFirst("^/x/", "/")));
    if (operation.path().contains("/v1/")) {
      request(
          "undeclared route",
          Drift.NO_OPERATION,
          operation.id() + " answers under v2 as well",
          request -> answerAt(request, request.path().replace("/v2/", "/v1/")));
    }
  }

  private boolean answerAt(Incoming request, String other) {
    if (!request.method().equals(operation.method())
        || other.equals(request.path())
        || !path.matcher(other).matches()) {
      return false;
    }
    request.path(other);
    return true;
  }

  /** Whether this method on this path is another operation of a path with a variable. */
  private boolean isShadowed(String method) {
    return contract.at(method, operation.path().replaceAll("\\{[^}]+}", "a")).isPresent();
  }

  private void request(String family, String concerns, String words, Predicate<Incoming> change) {
    drifts.add(
        Drift.ofRequests(
            family,
            concerns,
            words,
            new Injection() {
              @Override
              public boolean onRequest(Incoming request) {
                return change.test(request);
              }
            }));
  }
}
