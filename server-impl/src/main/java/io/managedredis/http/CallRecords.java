package io.managedredis.http;

import io.managedredis.access.AuditException;
import io.managedredis.access.AuditLog;
import io.managedredis.access.AuditOutcome;
import io.managedredis.access.AuditRecord;
import io.managedredis.operation.StatusCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.glassfish.grizzly.http.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts on record who changed something, and who was kept from something. */
final class CallRecords {

  private static final Logger log = LoggerFactory.getLogger(CallRecords.class);

  private final AuditLog audit;

  CallRecords(AuditLog audit) {
    this.audit = audit;
  }

  /**
   * A request, before anybody knows which call it is.
   *
   * @param method of HTTP
   * @param path as it stands in the request line
   */
  record Source(
      Instant instant, String requestId, InetAddress address, String method, String path) {

    static Source of(Request request, String requestId) {
      InetSocketAddress peer =
          (InetSocketAddress) request.getContext().getConnection().getPeerAddress();
      return new Source(
          Instant.now().truncatedTo(ChronoUnit.MICROS),
          requestId,
          peer.getAddress(),
          request.getMethod().getMethodString(),
          request.getRequestURI());
    }
  }

  /**
   * Puts a change on record before it is made.
   *
   * @throws ApiException 503 when that can't be done: then nothing may be changed
   */
  AuditLog.Entry changing(CurrentCall.Call call) {
    try {
      return audit.begin(line(call));
    } catch (AuditException e) {
      log.error("{}", e.getMessage());
      throw ApiException.of(
          StatusCode.UNAVAILABLE,
          "The audit log can't be written now, and what changes something is on record or is not"
              + " done. Try again later; the server's log has the cause");
    }
  }

  /** Whether the end of a call belongs on record. */
  boolean concerns(CurrentCall.Call call, int httpStatus) {
    return call.entry() != null || isDenied(call, httpStatus);
  }

  private static boolean isDenied(CurrentCall.Call call, int httpStatus) {
    return call.denied() || httpStatus == 401 || httpStatus == 403;
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
    boolean denied = isDenied(call, httpStatus);
    if (entry != null) {
      entry.end(
          denied
              ? AuditOutcome.DENIED
              : httpStatus < 400 ? AuditOutcome.ACCEPTED : AuditOutcome.FAILED,
          call.code(),
          call.folder(),
          call.operation());
    } else if (denied) {
      audit.denied(line(call), call.code());
    }
  }

  private static AuditRecord line(CurrentCall.Call call) {
    return new AuditRecord(
        call.source().instant(),
        call.subject(),
        call.action(),
        call.resource(),
        call.folder(),
        call.source().requestId(),
        call.source().address().getHostAddress());
  }
}
