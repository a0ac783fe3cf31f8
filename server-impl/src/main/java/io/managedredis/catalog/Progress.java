package io.managedredis.catalog;

/**
 * How far an operation has come.
 *
 * @param bytes handled so far, 0 or more
 * @param shardsDone shards finished so far, 0 or more
 * @param shardsTotal shards to do, 0 while that is unknown
 */
public record Progress(long bytes, int shardsDone, int shardsTotal) {
  /** Nothing done, nothing known. */
  public static final Progress NONE = new Progress(0, 0, 0);

  /**
   * Checks the ranges above.
   *
   * @throws IllegalArgumentException when a number is negative
   */
  public Progress {
    if (bytes < 0 || shardsDone < 0 || shardsTotal < 0) {
      throw new IllegalArgumentException(
          "progress must not be negative: %d bytes, %d of %d shards"
              .formatted(bytes, shardsDone, shardsTotal));
    }
  }
}
