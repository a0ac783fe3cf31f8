package io.managedredis.access;

/**
 * A token that was just made: the only moment at which it can be told.
 *
 * @param entry what is stored of it
 * @param token what its holder sends behind {@code Bearer}
 */
public record NewToken(TokenEntry entry, String token) {

  /** Without the token. */
  @Override
  public String toString() {
    return "token " + entry.id();
  }
}
