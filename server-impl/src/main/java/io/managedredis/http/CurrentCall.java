package io.managedredis.http;

import io.managedredis.access.AuditLog;
import io.managedredis.access.Caller;
import io.managedredis.access.Role;
import io.managedredis.operation.StatusCode;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The call that a thread answers now: who makes it, what it needs, and what it turned out to be
 * about. A call is answered by one thread from its beginning to its end, so resources need no
 * injection to know it.
 */
final class CurrentCall {

  /** No folder has this name, so looking there costs what a missing folder costs. */
  private static final String NOWHERE = "";

  @SuppressWarnings("ThreadLocalUsage") // Each server of a process has its own.
  private final ThreadLocal<Call> here = new ThreadLocal<>();

  /** One call. Used by one thread only. */
  static final class Call {
    private final CallRecords.Source source;
    private @Nullable Caller caller;
    private String action;
    private Supplier<@Nullable String> resource;
    private AuditLog.@Nullable Entry entry;
    private int code;
    private @Nullable Role needed;
    private @Nullable String folder;
    private @Nullable String operation;
    private boolean denied;
    private boolean ended;
    private final boolean mayWait;
    private boolean again;
    private boolean ready;

    Call(CallRecords.Source source, boolean mayWait) {
      this.source = source;
      this.mayWait = mayWait;
      action = source.method();
      resource = source::path;
    }

    /** Whose it is; empty while that is not known. */
    String subject() {
      return caller == null ? "" : caller.subject();
    }

    /** The request. */
    CallRecords.Source source() {
      return source;
    }

    /** The operationId; HTTP's method while no route has matched. */
    String action() {
      return action;
    }

    /** The id of what it is about, null for none; the path while no route has matched. */
    @Nullable String resource() {
      return resource.get();
    }

    /** Its line on record, if it may change something. */
    AuditLog.@Nullable Entry entry() {
      return entry;
    }

    /** The code that it was answered with, of google.rpc.Code; 0 for success. */
    int code() {
      return code;
    }

    /** The folder that it is about, as far as that was found out. */
    @Nullable String folder() {
      return folder;
    }

    /** The operation that it started, or that it repeats. */
    @Nullable String operation() {
      return operation;
    }

    /** Whether this is the first that is heard of its end. */
    boolean endsNow() {
      boolean first = !ended;
      ended = true;
      return first;
    }

    /** Whether the caller was kept from something that is there. */
    boolean denied() {
      return denied;
    }

    /** Whether nobody else waits while the thread does. */
    boolean mayWait() {
      return mayWait;
    }

    /**
     * Whether this answer is not to be given: another thread, one that may wait, has to answer the
     * whole call.
     */
    boolean again() {
      return again;
    }

    /** Whether the answer was there before the call. */
    boolean ready() {
      return ready;
    }
  }

  /**
   * Begins a call of this thread.
   *
   * @param mayWait whether nobody else waits while this thread does
   */
  Call begin(CallRecords.Source source, boolean mayWait) {
    Call call = new Call(source, mayWait);
    here.set(call);
    return call;
  }

  /** Ends the call of this thread. */
  void end() {
    here.remove();
  }

  /** Notes which operation answers, what about, and which role that needs. */
  Call routed(String action, Supplier<@Nullable String> resource, Role needed) {
    Call call = call();
    call.action = action;
    call.resource = resource;
    call.needed = needed;
    return call;
  }

  /** Notes that the call may change something, and is on record. */
  void changing(AuditLog.Entry entry) {
    call().entry = entry;
  }

  /** Notes the code that the call is answered with, of google.rpc.Code; 0 for success. */
  Call answered(int code) {
    Call call = call();
    call.code = code;
    return call;
  }

  /** Notes who makes the call. */
  void identified(Caller caller) {
    call().caller = caller;
  }

  /** Where the call comes from: an address, of IPv6 the network that one caller may have. */
  String network() {
    return ConnectionCounts.Network.of(call().source().address()).toString();
  }

  /** Who makes the call. */
  Caller caller() {
    Caller caller = call().caller;
    if (caller == null) {
      throw new IllegalStateException("nobody said who makes this call");
    }
    return caller;
  }

  /** Whether nobody else waits while this thread does. */
  boolean mayWait() {
    return call().mayWait;
  }

  /**
   * Notes that the answer takes longer than this thread may wait.
   *
   * @return whether it may not wait: then whatever is answered now is for nobody
   */
  boolean postponed() {
    Call call = call();
    call.again = !call.mayWait;
    return call.again;
  }

  /**
   * For what takes longer than a thread may that answers promptly.
   *
   * @throws ApiException when this is one: a worker answers the whole call then, and whatever is
   *     answered now is for nobody
   */
  void requireMayWait() {
    if (postponed()) {
      throw ApiException.of(StatusCode.UNAVAILABLE, "A worker answers this call");
    }
  }

  /**
   * For an answer that may be too large for a thread that may not wait for the client.
   *
   * @throws ApiException see {@link #requireMayWait}
   */
  void requireMayWaitFor(int bytes) {
    if (bytes > PromptCalls.LARGEST_ANSWER) {
      requireMayWait();
    }
  }

  /** Notes that the answer was there before the call. */
  void isReady() {
    call().ready = true;
  }

  /** Notes the operation that was started or is repeated. */
  void started(String operationId) {
    call().operation = operationId;
  }

  /** Whether what lies in a folder is there for the caller, who is not kept from it by this. */
  boolean sees(String folderId) {
    return caller().sees(folderId);
  }

  /**
   * The folder to look into: one that the caller can't see is as empty as one that is not there.
   */
  String folder(String folderId) {
    Call call = call();
    call.folder = folderId;
    if (!caller().sees(folderId)) {
      call.denied = true;
      return NOWHERE;
    }
    require(folderId);
    return folderId;
  }

  /**
   * What was found, if the caller may have it.
   *
   * @param missing how the answer is when there is none; a caller without a role gets the very same
   * @throws ApiException that, or 403 when the caller's role is not enough for this operation
   */
  <T> T allowed(Optional<T> found, Function<T, String> folder, Supplier<ApiException> missing) {
    T thing = found.orElseThrow(missing);
    Call call = call();
    String folderId = folder.apply(thing);
    call.folder = folderId;
    if (!caller().sees(folderId)) {
      call.denied = true;
      throw missing.get();
    }
    require(folderId);
    return thing;
  }

  private void require(String folderId) {
    Call call = call();
    Role needed = call.needed;
    if (needed == null) {
      throw new IllegalStateException("nobody said which role this call needs");
    }
    if (!caller().may(needed, folderId)) {
      call.denied = true;
      throw ApiException.of(
          StatusCode.PERMISSION_DENIED,
          "This call needs the role "
              + needed
              + (needed == Role.ADMIN ? "" : " or " + Role.ADMIN)
              + " in folder "
              + folderId
              + ". Ask the operator of this server for it");
    }
  }

  private Call call() {
    Call call = here.get();
    if (call == null) {
      throw new IllegalStateException("no call is answered by this thread");
    }
    return call;
  }
}
