package io.managedredis.testing;

import io.managedredis.access.Grant;
import io.managedredis.access.Role;
import io.managedredis.access.TokenFileException;
import io.managedredis.access.TokenStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes tokens for a service whose configuration has {@code auth: {tokens: FILE}}. */
public final class Tokens {

  private final Path file;
  private final TokenStore store;

  /** In a file of that folder. */
  public Tokens(Path folder) {
    file = folder.resolve("tokens");
    store = new TokenStore(file);
  }

  /** The value of the setting {@code auth}. */
  public String setting() {
    return "{tokens: \"" + file + "\"}";
  }

  /** The file, which is there once it has a token. */
  public Path file() {
    return file;
  }

  /** The value of the header Authorization for a new token. */
  public String bearer(String subject, Role role, String... folders) {
    return bearer(subject, null, Arrays.stream(folders).map(f -> new Grant(role, f)).toList());
  }

  /** The same for a token that is no longer valid after that time. */
  public String bearer(String subject, @Nullable Duration lifetime, List<Grant> grants) {
    try {
      return "Bearer " + store.create(subject, grants, lifetime).token();
    } catch (TokenFileException e) {
      throw new IllegalStateException(e);
    }
  }
}
