package io.managedredis.testing;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.SimpleValidationReportFormat;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds every exchange against the contract, and against the rules that hold for all answers: a
 * request id, the same one inside an error, no {@code null}, nothing that names a class of ours or
 * of a library. Two opinions are asked: our own checks, which are strict, and a library's. Safe for
 * use by many threads.
 */
public final class ExchangeValidator {

  /** What is answered before anybody has looked for the operation. */
  private static final Set<Integer> OF_HTTP = Set.of(413, 414, 415, 431, 505);

  /** Who may not call, or not now, hears that before anybody looks at what they sent. */
  private static final Set<Integer> OF_CALLERS = Set.of(401, 403, 429);

  private static final JsonNode STATUS =
      JsonNodeFactory.instance.objectNode().put("$ref", "#/components/schemas/Status");

  private static final Pattern REQUEST_ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final List<String> INSIDES =
      List.of("io.managedredis", "java.", "jakarta.", "org.glassfish", "Exception", "\tat ");

  private final ObjectMapper json =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private final Contract contract;
  private final OpenApiInteractionValidator library;

  /** Reads the contract. */
  public ExchangeValidator() {
    contract = Contract.present();
    try {
      library =
          OpenApiInteractionValidator.createForInlineApiSpecification(
                  Files.readString(ContractFile.path()))
              .withLevelResolver(
                  LevelResolver.create()
                      .withLevel(
                          "validation.request.parameter.query.unexpected",
                          ValidationReport.Level.ERROR)
                      .build())
              .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks request and answer; with a request that is broken on purpose, only the answer.
   *
   * @throws AssertionError saying all that is wrong, with the exchange
   */
  public void check(Exchange exchange, boolean requestIsBroken) {
    List<String> wrong = violations(exchange, requestIsBroken);
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong) + "\nin " + exchange);
    }
  }

  /** All that is wrong with an exchange; empty when it is what the contract says. */
  List<String> violations(Exchange exchange, boolean requestIsBroken) {
    List<String> wrong = new ArrayList<>();
    checkEveryAnswer(exchange, wrong);
    Optional<DeclaredOperation> operation = operation(exchange);
    if (operation.isEmpty() || (requestIsBroken && isOfHttp(exchange))) {
      checkOutside(exchange, wrong);
    } else {
      checkDeclared(operation.get(), exchange, requestIsBroken, wrong);
    }
    return wrong;
  }

  /** What is no HTTP is answered by the server, not by the operation, and ends the connection. */
  private static boolean isOfHttp(Exchange exchange) {
    return OF_HTTP.contains(exchange.status())
        || (exchange.status() == 400
            && exchange.headers().allValues("connection").contains("close"));
  }

  /** What exchanges are held against. */
  Contract contract() {
    return contract;
  }

  /** The operation that an exchange is one of; HEAD is the GET without its body. */
  Optional<DeclaredOperation> operation(Exchange exchange) {
    String method = isHead(exchange) ? "GET" : exchange.method();
    return contract.at(method, exchange.uri().getRawPath());
  }

  private void checkDeclared(
      DeclaredOperation operation, Exchange exchange, boolean broken, List<String> wrong) {
    SentParameters sent = new SentParameters(operation, exchange);
    JsonNode body = body(exchange, wrong);
    List<String> answered = AnswerCheck.violations(contract, operation, exchange, body);
    wrong.addAll(answered);
    if (!isHead(exchange)) {
      Request request = request(exchange, sent.path());
      if (!exchange.isFile()) {
        report(
            library.validateResponse(request.getPath(), request.getMethod(), response(exchange)),
            wrong);
      }
      if (!broken) {
        report(library.validateRequest(request), wrong);
      }
      if (exchange.status() >= 400) {
        wrong.addAll(StatusCheck.violations(exchange, body, sent));
      } else if (answered.isEmpty() && body.isObject()) {
        wrong.addAll(PromiseCheck.violations(operation, sent, body));
      }
    }
    checkRefused(operation, exchange, sent, wrong);
  }

  /** What breaks a limit is refused, whatever else may be wrong with it. */
  private static void checkRefused(
      DeclaredOperation operation, Exchange exchange, SentParameters sent, List<String> wrong) {
    for (Parameter parameter : operation.parameters()) {
      Set<Limit> limits = Limit.broken(parameter, sent.value(parameter));
      if (!limits.isEmpty()
          && exchange.status() != 400
          && exchange.status() != 406
          && !OF_CALLERS.contains(exchange.status())) {
        wrong.add(parameter + " breaks " + limits + ", and the answer is " + exchange.status());
      }
    }
  }

  /** A path or method that the contract does not have: an error must be a Status all the same. */
  private void checkOutside(Exchange exchange, List<String> wrong) {
    if (exchange.status() < 400 || isHead(exchange)) {
      return;
    }
    if (!exchange.headers().allValues("content-type").equals(List.of("application/json"))) {
      wrong.add("the answer must be application/json");
    }
    JsonNode body = body(exchange, wrong);
    wrong.addAll(SchemaCheck.violations(contract, STATUS, body, "body"));
    wrong.addAll(StatusCheck.violations(exchange, body, null));
  }

  private void checkEveryAnswer(Exchange exchange, List<String> wrong) {
    List<String> ids = exchange.headers().allValues("x-request-id");
    if (ids.size() != 1 || !REQUEST_ID.matcher(ids.get(0)).matches()) {
      wrong.add("x-request-id must be there once and be a UUID, not " + ids);
    }
    long length = exchange.headers().firstValueAsLong("content-length").orElse(exchange.length());
    if (!isHead(exchange) && length != exchange.length()) {
      wrong.add("Content-Length " + length + " with a body of " + exchange.length() + " bytes");
    }
    if (isHead(exchange) && exchange.length() != 0) {
      wrong.add("an answer to HEAD with a body");
    }
  }

  /** The body as JSON; missing where there is none. */
  private JsonNode body(Exchange exchange, List<String> wrong) {
    if (isHead(exchange) || !exchange.hasType("application/json")) {
      return MissingNode.getInstance();
    }
    for (String inside : INSIDES) {
      if (exchange.body().contains(inside)) {
        wrong.add("the answer shows insides of the server: " + inside);
      }
    }
    try {
      JsonNode body = json.readTree(exchange.body());
      checkNoNull(body, "", wrong);
      return body;
    } catch (JsonProcessingException e) {
      wrong.add("the answer is not JSON: " + e.getOriginalMessage());
      return MissingNode.getInstance();
    }
  }

  private static void checkNoNull(JsonNode node, String path, List<String> wrong) {
    if (node.isNull()) {
      wrong.add("null at " + path);
    }
    node.fields().forEachRemaining(f -> checkNoNull(f.getValue(), path + "/" + f.getKey(), wrong));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      checkNoNull(node.get(i), path + "/" + i, wrong);
    }
  }

  private static boolean isHead(Exchange exchange) {
    return exchange.method().equals("HEAD");
  }

  private static void report(ValidationReport report, List<String> wrong) {
    if (report.hasErrors()) {
      wrong.add(SimpleValidationReportFormat.getInstance().apply(report));
    }
  }

  private static Request request(Exchange exchange, String path) {
    SimpleRequest.Builder request = new SimpleRequest.Builder(method(exchange), path);
    exchange.requestHeaders().map().forEach(request::withHeader);
    SentParameters.query(exchange.uri()).forEach(request::withQueryParam);
    if (!exchange.requestBody().isEmpty()) {
      request.withBody(exchange.requestBody());
    }
    return request.build();
  }

  /** The validator knows the methods of a contract only; of any other, the contract has none. */
  private static Request.Method method(Exchange exchange) {
    try {
      return Request.Method.valueOf(exchange.method());
    } catch (IllegalArgumentException e) {
      return Request.Method.TRACE;
    }
  }

  private static SimpleResponse response(Exchange exchange) {
    SimpleResponse.Builder response =
        headers(exchange, SimpleResponse.Builder.status(exchange.status()));
    return exchange.body().isEmpty()
        ? response.build()
        : response.withBody(exchange.body()).build();
  }

  private static SimpleResponse.Builder headers(
      Exchange exchange, SimpleResponse.Builder response) {
    exchange.headers().map().forEach(response::withHeader);
    return response;
  }
}
