package io.managedredis.rdb;

/** The first bytes are not those of an RDB file of Redis or Valkey. */
public final class UnknownMagicException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownMagicException(String found) {
    super(
        "The data begins with "
            + found
            + ", which is neither REDIS and four digits nor VALKEY and three: it is not an RDB file");
  }
}
