package io.managedredis.access;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes a file of tokens. Several processes may do so at once: each change is made under the
 * file's lock, and the file is replaced as a whole.
 */
public final class TokenStore {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path file;
  private final SecureRandom random = new SecureRandom();

  /** Names a file, which need not be there. */
  public TokenStore(Path file) {
    this.file = file.toAbsolutePath();
  }

  /**
   * Makes a token and stores its hash; makes the file, mode 0600, when there is none.
   *
   * @param subject whose token it is
   * @param grants what they may do where
   * @param lifetime how long it is taken; null for ever
   * @return the token, which can't be had again
   * @throws IllegalArgumentException when the subject or a folder is none; says why
   * @throws TokenFileException when the file can't be used or changed, or is full
   */
  public NewToken create(String subject, List<Grant> grants, @Nullable Duration lifetime)
      throws TokenFileException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    @Nullable Instant expiry = lifetime == null ? null : now.plus(lifetime);
    // A subject that is none must not leave a lock file behind.
    entry(TokenText.random(random), subject, grants, now, expiry);
    try (LockFile held = lock()) {
      List<TokenEntry> entries = new ArrayList<>(Files.exists(file) ? entries() : List.of());
      Set<String> ids = entries.stream().map(TokenEntry::id).collect(Collectors.toSet());
      TokenText token = TokenText.random(random);
      while (ids.contains(token.id())) {
        token = TokenText.random(random);
      }
      TokenEntry entry = entry(token, subject, grants, now, expiry);
      entries.add(entry);
      replace(entries);
      return new NewToken(entry, token.reveal());
    } catch (IOException e) {
      throw failure(file, "changed", e);
    }
  }

  /**
   * Takes tokens out of the file; a running server stops taking them within 5 s.
   *
   * @throws TokenFileException when one of the ids is not there, or the file can't be changed;
   *     nothing is revoked then
   */
  public void revoke(Set<String> ids) throws TokenFileException {
    // Without a file there is nothing to lock.
    entries();
    try (LockFile held = lock()) {
      List<TokenEntry> entries = new ArrayList<>(entries());
      Set<String> missing = new HashSet<>(ids);
      entries.forEach(entry -> missing.remove(entry.id()));
      if (!missing.isEmpty()) {
        throw new TokenFileException(
            file + " has no such token; nothing was revoked. See the ids with: token list", null);
      }
      entries.removeIf(entry -> ids.contains(entry.id()));
      replace(entries);
    } catch (IOException e) {
      throw failure(file, "changed", e);
    }
  }

  /**
   * What is known of the tokens, in the order of the file.
   *
   * @throws TokenFileException when the file is missing or can't be used
   */
  public List<TokenEntry> entries() throws TokenFileException {
    return TokenLines.parse(file, read(file));
  }

  /** The bytes of a file of tokens. */
  static byte[] read(Path file) throws TokenFileException {
    try {
      return PrivateFile.read(file, TokenLines.MOST_BYTES);
    } catch (IOException e) {
      throw failure(file, "read", e);
    }
  }

  private LockFile lock() throws IOException {
    // Who comes through a link and who does not have to meet at the same lock.
    return LockFile.of(Files.exists(file) ? file.toRealPath() : file, PATIENCE);
  }

  private void replace(List<TokenEntry> entries) throws IOException {
    byte[] content = TokenLines.print(entries);
    if (entries.size() > TokenLines.MOST_ENTRIES || content.length > TokenLines.MOST_BYTES) {
      throw new TokenFileException(
          file + " is full: revoke the tokens that nobody needs any more", null);
    }
    PrivateFile.write(file, content);
  }

  private static TokenEntry entry(
      TokenText token,
      String subject,
      List<Grant> grants,
      Instant createdAt,
      @Nullable Instant expiresAt) {
    return new TokenEntry(
        token.id(),
        HexFormat.of().formatHex(token.secretHash()),
        subject,
        grants,
        createdAt,
        expiresAt);
  }

  private static TokenFileException failure(Path file, String what, IOException e) {
    if (e instanceof TokenFileException told) {
      return told;
    }
    if (e instanceof NoSuchFileException && !Files.exists(file)) {
      Path folder = file.toAbsolutePath().getParent();
      boolean noFolder = folder != null && !Files.isDirectory(folder);
      return new TokenFileException(
          noFolder
              ? "The folder " + folder + " for the tokens is not there; make it"
              : file
                  + " is not there. Put it back from a copy, or make it with its first token: token"
                  + " create --config FILE --subject NAME --role ROLE --folder ID",
          e);
    }
    String reason =
        e instanceof AccessDeniedException
            ? "this user may not do that; the file and its folder have to belong to the user that the"
                + " service runs as"
            : e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : String.valueOf(e.getMessage());
    return new TokenFileException(file + " can't be " + what + ": " + reason, e);
  }
}
