package io.managedredis.catalog;

/** What became of an operation that was to be inserted. */
public sealed interface Insertion {
  /** It is in the catalogue now. */
  record Inserted() implements Insertion {}

  /**
   * Nothing was inserted: the same caller used the same idempotency key before.
   *
   * @param existing what was inserted then, in its present state
   */
  record Repeated(OperationEntry existing) implements Insertion {}

  /**
   * Nothing was inserted: another operation that excludes it has not ended.
   *
   * @param running a backup of the same cluster, or a deletion of the same backup
   */
  record Conflict(OperationEntry running) implements Insertion {}
}
