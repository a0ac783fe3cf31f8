package io.managedredis.client.sdk;

import io.managedredis.client.model.Operation;
import io.managedredis.client.model.OperationMetadata;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far an operation is.
 *
 * @param operation the operation, as it was just seen
 * @param shardsDone how many shards are captured, or read back, whole
 * @param shardsTotal how many there are; 0 until that is known, and for a deletion
 * @param bytes how many bytes of snapshots were captured, or read back, so far
 */
public record Progress(Operation operation, int shardsDone, int shardsTotal, long bytes) {

  static Progress of(Operation operation) {
    OperationMetadata metadata =
        Objects.requireNonNullElseGet(operation.getMetadata(), OperationMetadata::new);
    String bytes =
        metadata.getBytesCaptured() != null
            ? metadata.getBytesCaptured()
            : metadata.getBytesVerified();
    return new Progress(
        operation,
        orZero(metadata.getShardsDone()),
        orZero(metadata.getShardsTotal()),
        number(bytes));
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  /** Progress is for people: what is no number must not break the wait. */
  private static long number(@Nullable String decimal) {
    return decimal != null && decimal.matches("[0-9]{1,18}") ? Long.parseLong(decimal) : 0;
  }
}
