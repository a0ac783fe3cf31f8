package io.managedredis.catalog;

/**
 * How an operation failed.
 *
 * @param code the gRPC status code, 1 to 16
 * @param message for the caller: what was wrong and what to do
 */
public record Failure(int code, String message) {
  /**
   * Checks the code, and replaces what not every engine can store in the message.
   *
   * @throws IllegalArgumentException when the code isn't 1 to 16
   */
  public Failure {
    if (code < 1 || code > 16) {
      throw new IllegalArgumentException("failure code " + code + " must be from 1 to 16");
    }
    message = StoredText.storable(message);
  }
}
