package io.managedredis.fuzz;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** One way in which a request can be wrong, and what has to be answered to it. */
sealed interface Fault {

  /** What the answer must name, and nothing else; empty when no field is to blame. */
  String field();

  /** The HTTP status that the contract declares for it. */
  default int status() {
    return 400;
  }

  /** The gRPC code. */
  default int code() {
    return 3;
  }

  /** The request with this fault in it. */
  Call.Request request(Call call, KnownValues values);

  /** A required parameter that is not sent. */
  record Missing(String field) implements Fault {
    @Override
    public Call.Request request(Call call, KnownValues values) {
      return call.without(field).request(values);
    }
  }

  /** A value that the schema does not allow. */
  record Wrong(Argument argument) implements Fault {
    @Override
    public String field() {
      return argument.parameter().name();
    }

    @Override
    public Call.Request request(Call call, KnownValues values) {
      return call.with(argument).request(values);
    }
  }

  /** A right value that is there twice. */
  record Twice(Argument argument) implements Fault {
    @Override
    public String field() {
      return argument.parameter().name();
    }

    @Override
    public Call.Request request(Call call, KnownValues values) {
      Call.Request once = call.with(argument).request(values);
      return argument.parameter().in().equals("header")
          ? once.withHeader(field(), argument.text())
          : once.withQuery(call.style().query(field()) + "=" + call.style().query(argument.text()));
    }
  }

  /** A parameter that the operation does not have. */
  record Undeclared(String field, String value) implements Fault {
    @Override
    public Call.Request request(Call call, KnownValues values) {
      return call.request(values).withQuery(call.style().query(field) + value);
    }
  }

  /** Another media type than the one that there is. */
  record NotAcceptable(String accept) implements Fault {
    @Override
    public String field() {
      return "Accept";
    }

    @Override
    public int status() {
      return 406;
    }

    @Override
    public Call.Request request(Call call, KnownValues values) {
      return call.withHeaders(List.of("Accept", accept)).request(values);
    }
  }

  /** A method that the path does not know. */
  record WrongMethod(String method) implements Fault {
    @Override
    public String field() {
      return "";
    }

    @Override
    public int status() {
      return 405;
    }

    @Override
    public int code() {
      return 12;
    }

    @Override
    public Call.Request request(Call call, KnownValues values) {
      return call.request(values).by(method);
    }
  }

  /** All kinds of faults that a request to this operation can have, each with its variants. */
  static List<Arbitrary<Fault>> of(Contract contract, DeclaredOperation operation) {
    List<Arbitrary<Fault>> kinds = new ArrayList<>();
    for (Parameter parameter : operation.parameters()) {
      boolean isHeader = parameter.in().equals("header");
      if (parameter.required() && !parameter.in().equals("path")) {
        kinds.add(Arbitraries.just(new Missing(parameter.name())));
      }
      Arguments.wrong(parameter).forEach(wrong -> kinds.add(wrong.map(Wrong::new)));
      // What a second Range means is for RFC 9110 to say; a key of ours is one.
      if (parameter.in().equals("query") || (isHeader && parameter.schema().has("pattern"))) {
        kinds.add(Arguments.right(parameter).map(right -> new Twice(right)));
      }
    }
    kinds.add(
        Arbitraries.oneOf(
                Arbitraries.of(
                    "pagesize",
                    "FolderId",
                    "page_token",
                    "x.y",
                    "a b",
                    "ü",
                    "$filter",
                    "debug",
                    "fields",
                    "alt",
                    "_method",
                    "prettyPrint",
                    "callback",
                    "orderBy"),
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(30))
            .filter(name -> operation.parameter(name).isEmpty())
            .flatMap(
                name ->
                    Arbitraries.of("", "=", "=1", "=%C3%BC", "=a=b")
                        .map(value -> new Undeclared(name, value))));
    kinds.add(
        Arbitraries.of("application/xml", "text/*", "image/png;q=1", "application/vnd.x+json")
            .map(NotAcceptable::new));
    String anyPath = operation.path().replaceAll("[{}]", "");
    List<String> others =
        List.of("GET", "PUT", "POST", "PATCH", "DELETE", "FROBNICATE").stream()
            .filter(method -> contract.at(method, anyPath).isEmpty())
            .toList();
    kinds.add(Arbitraries.of(others).map(WrongMethod::new));
    return kinds;
  }
}
