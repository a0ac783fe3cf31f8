package io.managedredis.drift;

import io.managedredis.api.model.FieldViolation;
import io.managedredis.api.model.Status;
import io.managedredis.api.model.StatusDetail;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request that a drift may change or refuse before the server matches it. */
final class Incoming {

  private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");

  private final ContainerRequestContext context;

  Incoming(ContainerRequestContext context) {
    this.context = context;
  }

  String method() {
    return context.getMethod();
  }

  void method(String method) {
    context.setMethod(method);
  }

  /** As it stands in the request line, without the query. */
  String path() {
    return context.getUriInfo().getRequestUri().getRawPath();
  }

  void path(String rawPath) {
    uri(rawPath, context.getUriInfo().getRequestUri().getRawQuery());
  }

  private void uri(String rawPath, String rawQuery) {
    URI uri = context.getUriInfo().getRequestUri();
    String text = uri.getScheme() + "://" + uri.getRawAuthority() + rawPath;
    context.setRequestUri(
        context.getUriInfo().getBaseUri(),
        URI.create(rawQuery == null || rawQuery.isEmpty() ? text : text + "?" + rawQuery));
  }

  /** Names and values of the query, decoded, in their order. */
  List<Map.Entry<String, String>> query() {
    String raw = context.getUriInfo().getRequestUri().getRawQuery();
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        pairs.add(Map.entry(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : ""));
      }
    }
    return pairs;
  }

  void query(List<Map.Entry<String, String>> pairs) {
    StringBuilder raw = new StringBuilder();
    for (Map.Entry<String, String> pair : pairs) {
      raw.append(raw.isEmpty() ? "" : "&")
          .append(encoded(pair.getKey()))
          .append('=')
          .append(encoded(pair.getValue()));
    }
    uri(path(), raw.toString());
  }

  /** All values of a parameter, in their order. */
  List<String> values(DeclaredOperation operation, Parameter parameter) {
    return switch (parameter.in()) {
      case "query" ->
          query().stream()
              .filter(pair -> pair.getKey().equals(parameter.name()))
              .map(Map.Entry::getValue)
              .toList();
      case "header" -> List.copyOf(context.getHeaders().getOrDefault(parameter.name(), List.of()));
      default -> inPath(operation, parameter.name()).map(List::of).orElse(List.of());
    };
  }

  /** Replaces all values of a parameter by these. */
  void values(DeclaredOperation operation, Parameter parameter, List<String> values) {
    switch (parameter.in()) {
      case "query" -> {
        List<Map.Entry<String, String>> pairs = new ArrayList<>(query());
        pairs.removeIf(pair -> pair.getKey().equals(parameter.name()));
        values.forEach(value -> pairs.add(Map.entry(parameter.name(), value)));
        query(pairs);
      }
      case "header" -> {
        context.getHeaders().remove(parameter.name());
        values.forEach(value -> context.getHeaders().add(parameter.name(), value));
      }
      default -> inPath(operation, parameter.name(), values.get(0));
    }
  }

  private Optional<String> inPath(DeclaredOperation operation, String name) {
    Matcher matcher = matcher(operation);
    return matcher.matches() ? Optional.of(decoded(matcher.group(name))) : Optional.empty();
  }

  private void inPath(DeclaredOperation operation, String name, String value) {
    Matcher matcher = matcher(operation);
    if (matcher.matches()) {
      String raw = path();
      path(
          raw.substring(0, matcher.start(name))
              + encoded(value).replace("%3A", ":")
              + raw.substring(matcher.end(name)));
    }
  }

  private Matcher matcher(DeclaredOperation operation) {
    StringBuilder regex = new StringBuilder();
    int end = 0;
    for (Matcher variable = VARIABLE.matcher(operation.path()); variable.find(); ) {
      regex.append(Pattern.quote(operation.path().substring(end, variable.start())));
      regex.append("(?<").append(variable.group(1)).append(">[^/]+)");
      end = variable.end();
    }
    return Pattern.compile(regex + Pattern.quote(operation.path().substring(end))).matcher(path());
  }

  /** Says something to the same drift's side of the answer. */
  void mark() {
    context.setProperty(Outgoing.MARK, true);
  }

  /** Answers 400 as the server does, naming the field. */
  void refuse(String field, String description) {
    refuse(
        400,
        new Status()
            .code(3)
            .message(field + " " + description)
            .addDetailsItem(
                new StatusDetail()
                    .atType("type.googleapis.com/google.rpc.BadRequest")
                    .fieldViolations(
                        List.of(new FieldViolation().field(field).description(description)))));
  }

  /** Answers with this status and code, well-formed. */
  void refuse(int httpStatus, int code, String message) {
    refuse(httpStatus, new Status().code(code).message(message));
  }

  private void refuse(int httpStatus, Status status) {
    context.abortWith(
        Response.status(httpStatus).type(MediaType.APPLICATION_JSON_TYPE).entity(status).build());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return method() + " " + UriBuilder.fromUri(context.getUriInfo().getRequestUri());
  }
}
