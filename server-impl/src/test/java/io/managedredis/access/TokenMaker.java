package io.managedredis.access;

import java.nio.file.Path;
import java.util.List;

/** A process that makes tokens. */
final class TokenMaker {
  private TokenMaker() {}

  /** Takes the file and how many tokens to make. */
  public static void main(String[] arguments) throws Exception {
    TokenStore store = new TokenStore(Path.of(arguments[0]));
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      store.create("maker", List.of(new Grant(Role.VIEWER, "f")), null);
    }
  }
}
