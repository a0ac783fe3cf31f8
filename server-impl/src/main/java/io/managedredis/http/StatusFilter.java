package io.managedredis.http;

import io.managedredis.api.model.Status;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;

/**
 * Gives every error its request id, and an answer to OPTIONS no body: the header Allow says it all.
 */
final class StatusFilter implements ContainerResponseFilter {

  private final CurrentCall call;

  StatusFilter(CurrentCall call) {
    this.call = call;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getEntity() instanceof Status status
        && request.getProperty(RequestAttributes.REQUEST_ID) instanceof String id) {
      Statuses.withRequestId(status, id);
      call.failed(status.getCode());
    } else if (request.getMethod().equals("OPTIONS")) {
      response.setEntity(null);
    }
  }
}
