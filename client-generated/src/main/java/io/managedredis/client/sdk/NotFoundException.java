package io.managedredis.client.sdk;

/** The server says that there is no such backup, shard, cluster or operation: 404, code 5. */
public final class NotFoundException extends ManagedRedisException {

  private static final long serialVersionUID = 1;

  NotFoundException(Refusal refusal) {
    super(refusal);
  }
}
