package io.managedredis.client.sdk;

/** An argument is wrong, and {@link #fieldViolations()} names it: 400, code 3. */
public final class InvalidArgumentException extends ManagedRedisException {

  private static final long serialVersionUID = 1;

  InvalidArgumentException(Refusal refusal) {
    super(refusal);
  }
}
