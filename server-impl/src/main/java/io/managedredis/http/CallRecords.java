package io.managedredis.http;

import io.managedredis.access.AuditException;
import io.managedredis.access.AuditLog;
import io.managedredis.access.AuditOutcome;
import io.managedredis.access.AuditRecord;
import io.managedredis.operation.StatusCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.glassfish.grizzly.http.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts on record who changed something, and who was kept from something. */
final class CallRecords {

  private static final Logger log = LoggerFactory.getLogger(CallRecords.class);

  private final AuditLog audit;

  CallRecords(AuditLog audit) {
    this.audit = audit;
  }

  /** Who calls, from where; for every line that this call gets. */
  record Source(Instant instant, String subject, String requestId, String address) {

    static Source of(Request request, String subject, String requestId) {
      return new Source(
          Instant.now().truncatedTo(ChronoUnit.MICROS),
          subject,
          requestId,
          String.valueOf(request.getRemoteAddr()));
    }

    private AuditRecord calling(String action, @Nullable String resource, @Nullable String folder) {
      return new AuditRecord(instant, subject, action, resource, folder, requestId, address);
    }
  }

  /**
   * Puts a change on record before it is made.
   *
   * @throws ApiException 503 when that can't be done: then nothing may be changed
   */
  AuditLog.Entry changing(Source source, String action, @Nullable String resource) {
    try {
      return audit.begin(source.calling(action, resource, null));
    } catch (AuditException e) {
      log.error("{}", e.getMessage());
      throw ApiException.of(
          StatusCode.UNAVAILABLE,
          "The audit log can't be written now, and what changes something is on record or is not"
              + " done. Try again later; the server's log has the cause");
    }
  }

  /** Puts a call on record that nobody stands behind, or that was not even routed. */
  void denied(Source source, Request request, StatusCode code) {
    audit.denied(
        source.calling(request.getMethod().getMethodString(), request.getRequestURI(), null),
        code.number());
  }

  /**
   * Puts the end of a call on record, if it is one that belongs there, and has not been yet.
   *
   * @param httpStatus how it was answered
   */
  void ended(CurrentCall.Call call, int httpStatus) {
    if (!call.endsNow()) {
      return;
    }
    AuditLog.Entry entry = call.entry();
    boolean denied = call.denied() || httpStatus == 403;
    if (entry != null) {
      entry.end(
          denied
              ? AuditOutcome.DENIED
              : httpStatus < 400 ? AuditOutcome.ACCEPTED : AuditOutcome.FAILED,
          call.code(),
          call.folder(),
          call.operation());
    } else if (denied) {
      audit.denied(
          call.source().calling(call.action(), call.resource(), call.folder()), call.code());
    }
  }
}
