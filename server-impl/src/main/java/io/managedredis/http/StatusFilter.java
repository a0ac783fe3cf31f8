package io.managedredis.http;

import io.managedredis.api.model.Status;
import io.managedredis.operation.StatusCode;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.lang.annotation.Annotation;
import java.util.List;

/**
 * Gives every error its request id, and an answer to OPTIONS no body: the header Allow says it all.
 * Then puts the call on record.
 */
final class StatusFilter implements ContainerResponseFilter {

  private final CurrentCall call;
  private final CallRecords records;

  StatusFilter(CurrentCall call, CallRecords records) {
    this.call = call;
    this.records = records;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getEntity() instanceof Status status
        && request.getProperty(RequestAttributes.REQUEST_ID) instanceof String id) {
      Statuses.withRequestId(status, id);
    } else if (request.getMethod().equals("OPTIONS")) {
      response.setEntity(null);
    } else if (response.getStatus() == 400 && !response.hasEntity()) {
      Status status = unreadable(request);
      if (request.getProperty(RequestAttributes.REQUEST_ID) instanceof String id) {
        status = Statuses.withRequestId(status, id);
      }
      response.setEntity(status, new Annotation[0], MediaType.APPLICATION_JSON_TYPE);
    }
    if (response.getEntity() instanceof ReadyJson) {
      call.isReady();
    }
    int code = response.getEntity() instanceof Status status ? status.getCode() : 0;
    CurrentCall.Call answered = call.answered(code);
    // A change is on record to its end before the answer is out. A denial is afterwards: an answer
    // that waits for its line would tell what is elsewhere from what is not there.
    if (answered.entry() != null) {
      records.ended(answered, response.getStatus());
    }
  }

  /** A media type that Jersey can't read in a header of the request gets to no mapper of ours. */
  private static Status unreadable(ContainerRequestContext request) {
    String header = HttpHeaders.CONTENT_TYPE;
    try {
      List<MediaType> unused = request.getAcceptableMediaTypes();
    } catch (ProcessingException e) {
      header = HttpHeaders.ACCEPT;
    }
    return Statuses.of(
        StatusCode.INVALID_ARGUMENT,
        "The header " + header + " can't be read",
        List.of(new ApiException.Violation(header, "must hold media types")));
  }
}
