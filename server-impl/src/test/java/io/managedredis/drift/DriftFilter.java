package io.managedredis.drift;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Providers;
import java.util.List;
import org.glassfish.grizzly.http.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * Lets the drift that is chosen at this moment into the server: the first to see a request, the
 * last to see its answer. Only the services that a mutation run starts have it.
 */
@PreMatching
@Priority(1)
public final class DriftFilter implements ContainerRequestFilter, ContainerResponseFilter {

  private static final String OPERATION = "drift.operation";
  private static final String FRONT = "io.managedredis.response";

  private final DriftControl control;

  @Context private @Nullable Providers providers;

  private DriftFilter(DriftControl control) {
    this.control = control;
  }

  /** This filter where a mutation run is under way, otherwise nothing. */
  public static List<Object> ifAsked() {
    DriftControl control = DriftControl.OF_THIS_JVM;
    return control.round().isPresent() ? List.of(new DriftFilter(control)) : List.of();
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Incoming incoming = new Incoming(request);
    String operation = control.operation(incoming.method(), incoming.path());
    request.setProperty(OPERATION, operation);
    control.request(operation, incoming);
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (providers == null) {
      throw new IllegalStateException("Jersey injects it");
    }
    // Absent where the request was refused before any filter saw it.
    if (request.getProperty(OPERATION) instanceof String operation) {
      ObjectMapper json =
          providers
              .getContextResolver(ObjectMapper.class, MediaType.APPLICATION_JSON_TYPE)
              .getContext(Object.class);
      control.answer(
          operation, new Outgoing(request, response, json, (Response) request.getProperty(FRONT)));
    }
  }
}
