package io.managedredis.fuzz;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Requests to all operations of a contract. */
final class Calls {

  /**
   * Parameters whose right values no schema can tell: what the server gave out, a small language,
   * what was not used before.
   */
  static final Set<String> WITH_A_MEANING = Set.of("pageToken", "filter", "Idempotency-Key");

  private final Contract contract;

  Calls(Contract contract) {
    this.contract = contract;
  }

  /** Right ones. */
  Arbitrary<Call> right() {
    return Arbitraries.of(contract.operations())
        .flatMap(operation -> calls(operation, operation.parameters()));
  }

  /** Ones that are wrong in exactly one way. */
  Arbitrary<WrongCall> wrong() {
    return Arbitraries.oneOf(contract.operations().stream().map(this::wrong).toList());
  }

  private Arbitrary<Call> calls(DeclaredOperation operation, List<Parameter> parameters) {
    List<Arbitrary<Optional<Argument>>> arguments = new ArrayList<>();
    for (Parameter parameter : parameters) {
      arguments.add(
          parameter.required()
              ? Arguments.right(parameter).map(Optional::of)
              : Arguments.right(parameter).optional(0.4));
    }
    Arbitrary<List<Optional<Argument>>> all =
        arguments.isEmpty()
            ? Arbitraries.just(List.of())
            : Combinators.combine(arguments).as(a -> a);
    return Combinators.combine(
            all, Arbitraries.of(acceptable(mediaType(operation))), Arbitraries.of(Style.values()))
        .as(
            (sent, headers, style) ->
                new Call(
                    operation, sent.stream().flatMap(Optional::stream).toList(), headers, style));
  }

  private static String mediaType(DeclaredOperation operation) {
    return operation.response(200).orElseThrow().path("content").fieldNames().next();
  }

  /** Headers of a request whose answer may have this media type. */
  private static List<List<String>> acceptable(String type) {
    String anyOfItsKind = type.replaceFirst("/.*", "/*");
    return List.of(
        List.of(),
        List.of("Accept", type),
        List.of("accept", type + ";q=0.5, text/html"),
        List.of("ACCEPT", "text/html , " + anyOfItsKind + ";q=0.001"),
        List.of("Accept", "text/html", "Accept", type),
        List.of("Accept", "*/*", "x-client-request-id", "9f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c35"),
        List.of("Authorization", "Bearer some.token", "x-client-trace-id", "trace"),
        List.of("Accept-Language", "de", "Accept-Encoding", "gzip", "Cookie", "a=b"));
  }

  private Arbitrary<WrongCall> wrong(DeclaredOperation operation) {
    List<Parameter> plain =
        operation.parameters().stream()
            .filter(parameter -> !WITH_A_MEANING.contains(parameter.name()))
            .toList();
    return Arbitraries.oneOf(
        Fault.of(contract, operation).stream()
            .map(faults -> Combinators.combine(calls(operation, plain), faults).as(WrongCall::new))
            .toList());
  }
}
