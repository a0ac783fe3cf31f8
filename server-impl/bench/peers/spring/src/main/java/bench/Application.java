package bench;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.jackson.JacksonComponent;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.filter.OncePerRequestFilter;
import bench.api.model.Status;
import bench.api.model.StatusDetail;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * The part of the contract that is measured, as one would write it on Spring Boot.
 *
 * <p>usage: java -jar spring-peer.jar --server.port=PORT --spring.datasource.url=jdbc:sqlite:FILE
 */
@SpringBootApplication
public class Application {

  /** Runs until it is ended. */
  public static void main(String[] arguments) {
    SpringApplication.run(Application.class, arguments);
  }

  /** Every answer has an id of its own. */
  @Component
  static class RequestIds extends OncePerRequestFilter {
    static final String HEADER = "x-request-id";

    @Override
    protected void doFilterInternal(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws ServletException, IOException {
      response.setHeader(HEADER, UUID.randomUUID().toString());
      chain.doFilter(request, response);
    }
  }

  /** Instants in UTC with 0, 3, 6 or 9 digits of a fraction. */
  @JacksonComponent
  static class CanonicalInstant extends ValueSerializer<OffsetDateTime> {
    @Override
    public void serialize(OffsetDateTime value, JsonGenerator json, SerializationContext context) {
      json.writeString(DateTimeFormatter.ISO_INSTANT.format(value));
    }
  }

  /** There is none of that id. */
  static class NotFoundException extends RuntimeException {
    NotFoundException(String what, String id) {
      // Nobody reads the trace.
      super(what + " " + id + " does not exist", null, false, false);
    }
  }

  /** Errors as the contract has them. */
  @RestControllerAdvice
  static class Errors {
    @ExceptionHandler
    ResponseEntity<Status> notFound(NotFoundException e, HttpServletResponse response) {
      return ResponseEntity.status(404)
          .body(
              new Status(5, e.getMessage())
                  .addDetailsItem(
                      new StatusDetail("type.googleapis.com/google.rpc.RequestInfo")
                          .requestId(response.getHeader(RequestIds.HEADER))));
    }
  }
}
