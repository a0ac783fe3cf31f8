package io.managedredis.access;

/**
 * Who makes a call.
 *
 * @param subject what operations record as {@code createdBy}, 1 to 256 characters
 */
public record Caller(String subject) {

  /** The caller where nobody has to say who they are. */
  public static final Caller ANONYMOUS = new Caller("anonymous");
}
