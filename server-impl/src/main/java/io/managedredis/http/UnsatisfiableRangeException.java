package io.managedredis.http;

/** A range was asked for of which the file has no byte. */
final class UnsatisfiableRangeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long size;

  UnsatisfiableRangeException(String message, long size) {
    // A refusal is an answer, not a defect: nobody reads its stack.
    super(message, null, false, false);
    this.size = size;
  }

  /** How many bytes the file has. */
  long size() {
    return size;
  }
}
