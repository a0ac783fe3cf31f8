package io.managedredis.http;

import io.managedredis.catalog.CatalogException;
import io.managedredis.operation.StatusCode;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ParamException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One mapper per cause; together they turn whatever goes wrong into a Status. */
final class ErrorMappers {

  private ErrorMappers() {}

  static List<Object> all(CurrentCall call) {
    return List.of(
        new Decided(),
        new UnreadableParameter(),
        new BrokenLimit(),
        new JaxRs(),
        new Unsatisfiable(),
        new Catalog(call),
        new Unexpected());
  }

  /** What a resource or filter decided on. */
  static final class Decided implements ExceptionMapper<ApiException> {
    @Override
    public Response toResponse(ApiException e) {
      return Statuses.response(e);
    }
  }

  /** A parameter of another type than declared. JAX-RS would answer 404 without a body. */
  static final class UnreadableParameter implements ExceptionMapper<ParamException> {
    @Override
    public Response toResponse(ParamException e) {
      return Statuses.response(notANumber(e.getParameterName(), given(e)));
    }

    static ApiException notANumber(String name, String given) {
      boolean digits = given.matches("-?[0-9]+");
      return ApiException.invalid(
          name,
          (digits ? "must fit into 64 bits" : "must be a whole number")
              + ", not "
              + Statuses.quoted(given));
    }

    /** The number parser's message ends with the value in quotes: For input string: "abc" */
    private static String given(ParamException e) {
      String message = e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
      int quote = message.indexOf('"');
      return quote >= 0 && message.endsWith("\"") && message.length() > quote + 1
          ? message.substring(quote + 1, message.length() - 1)
          : "";
    }
  }

  /** A parameter outside the limits that the contract declares. */
  static final class BrokenLimit implements ExceptionMapper<ConstraintViolationException> {

    @Override
    public Response toResponse(ConstraintViolationException e) {
      List<ApiException.Violation> violations = new ArrayList<>();
      for (ConstraintViolation<?> violation : e.getConstraintViolations()) {
        violations.add(
            new ApiException.Violation(
                wireName(violation),
                expectation(
                    violation.getConstraintDescriptor().getAnnotation(),
                    violation.getInvalidValue())));
      }
      violations.sort(
          Comparator.comparing(ApiException.Violation::field)
              .thenComparing(ApiException.Violation::description));
      // One reason for each field is enough: what has the wrong length has the wrong shape, too.
      Set<String> told = new HashSet<>();
      violations.removeIf(violation -> !told.add(violation.field()));
      return Statuses.response(ApiException.invalid(violations));
    }

    /** The name on the wire stands in the annotation of the generated interface. */
    private static String wireName(ConstraintViolation<?> violation) {
      String method = "";
      for (Path.Node node : violation.getPropertyPath()) {
        if (node.getKind() == ElementKind.METHOD) {
          method = node.getName();
        } else if (node.getKind() == ElementKind.PARAMETER) {
          int index = node.as(Path.ParameterNode.class).getParameterIndex();
          for (Class<?> api : violation.getRootBeanClass().getInterfaces()) {
            for (Method candidate : api.getMethods()) {
              if (candidate.getName().equals(method)) {
                return wireName(candidate.getParameterAnnotations()[index], node.getName());
              }
            }
          }
        }
      }
      return violation.getPropertyPath().toString();
    }

    private static String wireName(Annotation[] annotations, String otherwise) {
      return Arrays.stream(annotations)
          .map(
              annotation ->
                  annotation instanceof QueryParam query
                      ? query.value()
                      : annotation instanceof PathParam path
                          ? path.value()
                          : annotation instanceof HeaderParam header ? header.value() : "")
          .filter(name -> !name.isEmpty())
          .findFirst()
          .orElse(otherwise);
    }

    private static String expectation(Annotation limit, @Nullable Object given) {
      if (limit instanceof NotNull) {
        return "is required";
      }
      String not =
          ", not " + (given instanceof String text ? Statuses.quoted(text) : String.valueOf(given));
      if (limit instanceof Size size) {
        return "must have "
            + (size.min() == size.max()
                ? Integer.toString(size.max())
                : size.min() == 0 ? "at most " + size.max() : size.min() + " to " + size.max())
            + " characters"
            + (given instanceof String text ? ", not " + CharacterCount.of(text) : "");
      }
      if (limit instanceof Pattern pattern) {
        return "must match " + pattern.regexp() + not;
      }
      if (limit instanceof Min min) {
        return "must be at least " + min.value() + not;
      }
      if (limit instanceof Max max) {
        return "must be at most " + max.value() + not;
      }
      return "is not allowed" + not;
    }
  }

  /** What JAX-RS itself answers, without a body or with one in plain text. */
  static final class JaxRs implements ExceptionMapper<WebApplicationException> {

    @Inject private @Nullable Provider<ContainerRequest> request;

    @Override
    public Response toResponse(WebApplicationException e) {
      Response original = e.getResponse();
      Response mapped = mapped(e, original.getStatus());
      Set<String> allowed = new TreeSet<>(original.getAllowedMethods());
      if (allowed.isEmpty()) {
        return mapped;
      }
      if (allowed.contains("GET")) {
        // Jersey answers HEAD wherever it answers GET, and forgets to say so here.
        allowed.add("HEAD");
      }
      return Response.fromResponse(mapped)
          .header(HttpHeaders.ALLOW, String.join(", ", allowed))
          .build();
    }

    private boolean isDownload() {
      return request != null && request.get().getUriInfo().getPath().endsWith("/rdb");
    }

    private Response mapped(WebApplicationException e, int httpStatus) {
      if (e instanceof NotFoundException) {
        return Statuses.response(
            ApiException.of(
                StatusCode.NOT_FOUND,
                "There is nothing at this path. The contract at /openapi.yaml lists what there"
                    + " is"));
      }
      if (e instanceof NotAllowedException) {
        return Statuses.response(
            httpStatus,
            Statuses.of(
                StatusCode.UNIMPLEMENTED,
                "This path does not know that method; the header Allow lists those it knows",
                List.of()));
      }
      if (e instanceof NotAcceptableException) {
        return Statuses.response(
            httpStatus,
            Statuses.notAcceptable(
                isDownload() ? MediaType.APPLICATION_OCTET_STREAM : MediaType.APPLICATION_JSON));
      }
      if (e instanceof NotSupportedException) {
        return Statuses.response(
            httpStatus,
            Statuses.of(
                StatusCode.INVALID_ARGUMENT,
                "The body has a media type that this path does not take",
                List.of(
                    new ApiException.Violation(
                        HttpHeaders.CONTENT_TYPE, "must be application/json"))));
      }
      if (httpStatus < 500) {
        return Statuses.response(
            httpStatus,
            Statuses.of(StatusCode.INVALID_ARGUMENT, "The request can't be read", List.of()));
      }
      LoggerFactory.getLogger(JaxRs.class).error("A request failed", e);
      return Statuses.response(
          httpStatus, Statuses.of(StatusCode.INTERNAL, Unexpected.MESSAGE, List.of()));
    }
  }

  /** A range behind the end of a download. */
  static final class Unsatisfiable implements ExceptionMapper<UnsatisfiableRangeException> {
    @Override
    public Response toResponse(UnsatisfiableRangeException e) {
      return Response.fromResponse(
              Statuses.response(
                  416,
                  Statuses.of(
                      StatusCode.OUT_OF_RANGE,
                      String.valueOf(e.getMessage()),
                      List.of(
                          new ApiException.Violation(
                              "Range", "must begin before byte " + e.size())))))
          .header("Content-Range", "bytes */" + e.size())
          .build();
    }
  }

  /** The catalogue fails: the caller can only try again, the operator reads the log. */
  static final class Catalog implements ExceptionMapper<CatalogException> {

    private static final Logger log = LoggerFactory.getLogger(Catalog.class);

    private final CurrentCall call;

    Catalog(CurrentCall call) {
      this.call = call;
    }

    @Override
    public Response toResponse(CatalogException e) {
      if (e.reason() == CatalogException.Reason.BUSY && call.postponed()) {
        return Response.noContent().build();
      }
      log.error("The catalogue can not be used: {}", e.getMessage(), e);
      return Statuses.response(
          ApiException.of(
              StatusCode.UNAVAILABLE,
              "The catalogue can not be used now. Try again later; the server's log has the"
                  + " cause"));
    }
  }

  /** A defect. The answer says nothing of it but the request id, under which the log has it all. */
  static final class Unexpected implements ExceptionMapper<Throwable> {

    static final String MESSAGE =
        "Internal error. The server's log has the cause under the request id";

    private static final Logger log = LoggerFactory.getLogger(Unexpected.class);

    @Inject private @Nullable Provider<ContainerRequest> request;

    @Override
    public Response toResponse(Throwable e) {
      Object id = request == null ? null : request.get().getProperty(RequestAttributes.REQUEST_ID);
      log.error("Request {} failed", id, e);
      return Statuses.response(
          ApiException.of(StatusCode.INTERNAL, MESSAGE + (id == null ? "" : " " + id)));
    }
  }
}
