package io.managedredis.testing;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.SimpleValidationReportFormat;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Holds every exchange against the contract, and against the rules that hold for all answers: a
 * request id, the same one inside an error, no {@code null}, nothing that names a class of ours or
 * of a library. Safe for use by many threads.
 */
public final class ExchangeValidator {

  /** What the validator says of a path or method that the contract does not have. */
  private static final Set<String> UNDECLARED =
      Set.of("validation.request.path.missing", "validation.request.operation.notAllowed");

  private static final Pattern REQUEST_ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final List<String> INSIDES =
      List.of("io.managedredis", "java.", "jakarta.", "org.glassfish", "Exception", "\tat ");

  private final ObjectMapper json = new ObjectMapper();
  private final OpenApiInteractionValidator contract;

  /** Reads the contract. */
  public ExchangeValidator() {
    try {
      contract =
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
    List<String> wrong = new ArrayList<>();
    Request request = request(exchange);
    ValidationReport answered =
        contract.validateResponse(request.getPath(), request.getMethod(), response(exchange));
    if (isUndeclared(answered) || isHead(exchange)) {
      checkUndeclared(exchange, wrong);
    } else {
      report(answered, wrong);
      if (!requestIsBroken) {
        report(contract.validateRequest(request), wrong);
      }
    }
    checkRequestId(exchange, wrong);
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong) + "\nin " + exchange);
    }
  }

  /** A path or method that the contract does not have: an error must be a Status all the same. */
  private void checkUndeclared(Exchange exchange, List<String> wrong) {
    if (exchange.status() < 400 || isHead(exchange)) {
      return;
    }
    SimpleResponse.Builder asDeclared = headers(exchange, SimpleResponse.Builder.badRequest());
    report(
        contract.validateResponse(
            "/managed-redis/v1/backups/a:b",
            Request.Method.GET,
            asDeclared.withBody(exchange.body()).build()),
        wrong);
  }

  private void checkRequestId(Exchange exchange, List<String> wrong) {
    List<String> ids = exchange.headers().allValues("x-request-id");
    if (ids.size() != 1 || !REQUEST_ID.matcher(ids.get(0)).matches()) {
      wrong.add("x-request-id must be there once and be a UUID, not " + ids);
      return;
    }
    boolean ofTheApi =
        exchange.uri().getRawPath().startsWith("/managed-redis/")
            || exchange.uri().getRawPath().startsWith("/operations");
    if (exchange.body().isEmpty()
        || !(ofTheApi || exchange.status() >= 400)
        || (exchange.status() < 300 && exchange.hasType("application/octet-stream"))) {
      return;
    }
    if (!exchange.hasType("application/json")) {
      wrong.add("the answer must be application/json");
    }
    for (String inside : INSIDES) {
      if (exchange.body().contains(inside)) {
        wrong.add("the answer shows insides of the server: " + inside);
      }
    }
    try {
      JsonNode body = json.readTree(exchange.body());
      checkNoNull(body, "", wrong);
      if (exchange.status() >= 400) {
        checkRequestInfo(body, ids.get(0), wrong);
      }
    } catch (JsonProcessingException e) {
      wrong.add("the answer is not JSON: " + e.getOriginalMessage());
    }
  }

  private static void checkRequestInfo(JsonNode status, String requestId, List<String> wrong) {
    List<String> inside = new ArrayList<>();
    for (JsonNode detail : status.path("details")) {
      if (detail.path("@type").asText().equals("type.googleapis.com/google.rpc.RequestInfo")) {
        inside.add(detail.path("requestId").asText());
      }
    }
    if (!inside.equals(List.of(requestId))) {
      wrong.add("RequestInfo must hold x-request-id, " + requestId + ", not " + inside);
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

  private static boolean isUndeclared(ValidationReport report) {
    return report.getMessages().stream().anyMatch(m -> UNDECLARED.contains(m.getKey()));
  }

  private static boolean isHead(Exchange exchange) {
    return exchange.method().equals("HEAD");
  }

  private static void report(ValidationReport report, List<String> wrong) {
    if (report.hasErrors()) {
      wrong.add(SimpleValidationReportFormat.getInstance().apply(report));
    }
  }

  private static Request request(Exchange exchange) {
    String path = exchange.uri().getRawPath();
    SimpleRequest.Builder request = new SimpleRequest.Builder(method(exchange), path);
    exchange.requestHeaders().map().forEach(request::withHeader);
    query(exchange).forEach(request::withQueryParam);
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

  private static java.util.Map<String, List<String>> query(Exchange exchange) {
    String query = exchange.uri().getRawQuery();
    return query == null
        ? java.util.Map.of()
        : Pattern.compile("&")
            .splitAsStream(query)
            .map(pair -> pair.split("=", 2))
            .collect(
                Collectors.groupingBy(
                    pair -> decoded(pair[0]),
                    Collectors.mapping(
                        pair -> decoded(pair.length == 2 ? pair[1] : ""), Collectors.toList())));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
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
