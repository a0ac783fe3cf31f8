package io.managedredis.client.sdk;

/** Another change is under way, and the message names its operation: 409, code 10 or 6. */
public final class ConflictException extends ManagedRedisException {

  private static final long serialVersionUID = 1;

  ConflictException(Refusal refusal) {
    super(refusal);
  }
}
