package io.managedredis.http;

/** What the server notes on a request while it is answered. */
final class RequestAttributes {

  /** The id of the request, a UUID. */
  static final String REQUEST_ID = "io.managedredis.request-id";

  /** The operationId of the contract that answers; absent when no route matched. */
  static final String OPERATION = "io.managedredis.operation";

  /**
   * A {@link Runnable} that ends the connection at once, for an answer that can't be completed and
   * must not look as if it were.
   */
  static final String BREAK_OFF = "io.managedredis.break-off";

  /** A {@link Refusal}, when the request is not to be looked at. */
  static final String REFUSAL = "io.managedredis.refusal";

  /** There, when the request is answered by the thread that read it; that may not wait. */
  static final String PROMPT = "io.managedredis.prompt";

  /** The caller, of a request that a worker may have to answer again. */
  static final String CALLER = "io.managedredis.caller";

  /** Grizzly's response, which holds the headers that are set before Jersey is asked. */
  static final String RESPONSE = "io.managedredis.response";

  private RequestAttributes() {}
}
