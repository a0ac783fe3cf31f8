package io.managedredis.access;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows callers by the tokens of a file, which has their hashes only.
 *
 * <p>The file is read every second, so that a change counts soon after. When it can't be read then,
 * or is damaged, the tokens that were read last go on being taken, and the log says so once: a slip
 * in the file must not lock everybody out. Who wants that revokes the tokens.
 */
public final class TokenFile implements CredentialVerifier {
  private static final Logger log = LoggerFactory.getLogger(TokenFile.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** No token has this hash; who names an unknown one is compared with it. */
  private static final String NO_HASH = "0".repeat(64);

  private final Path file;
  private final InstantSource clock;
  private final ScheduledExecutorService watch;
  private volatile Map<String, TokenEntry> entries;

  /** What the file had when it was looked at last, and what was wrong with it. */
  private byte[] seen;

  private @Nullable String complaint;

  private TokenFile(Path file, InstantSource clock, Duration pause) throws TokenFileException {
    this.file = file;
    this.clock = clock;
    this.seen = TokenStore.read(file);
    this.entries = byId(TokenLines.parse(file, seen));
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tokens");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        watch.scheduleWithFixedDelay(
            this::look, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads the file, and goes on doing so.
   *
   * @throws TokenFileException when the file is missing, damaged, too large, not readable, or may
   *     be written by others than its owner
   */
  public static TokenFile open(Path file) throws TokenFileException {
    return open(file, InstantSource.system(), PAUSE);
  }

  static TokenFile open(Path file, InstantSource clock, Duration pause) throws TokenFileException {
    return new TokenFile(file, clock, pause);
  }

  /** How many tokens are known now, those that are expired included. */
  public int size() {
    return entries.size();
  }

  @Override
  public Optional<Caller> caller(String token) {
    return TokenText.parse(token).flatMap(this::caller);
  }

  /** Does the same for a token that is not there as for one with another secret. */
  private Optional<Caller> caller(TokenText token) {
    @Nullable TokenEntry entry = entries.get(token.id());
    String expected = entry == null ? NO_HASH : entry.secretHash();
    boolean same = MessageDigest.isEqual(HexFormat.of().parseHex(expected), token.secretHash());
    if (entry == null || !same || entry.isExpired(clock.instant())) {
      return Optional.empty();
    }
    return Optional.of(entry.caller());
  }

  private void look() {
    try {
      byte[] content = content();
      if (!Arrays.equals(content, seen)) {
        seen = content;
        entries = byId(TokenLines.parse(file, content));
        complaint = null;
        log.info("{} was read again: {} tokens", file, entries.size());
      }
    } catch (TokenFileException e) {
      complain(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // It would end the watch, and nobody would notice.
      log.error("Looking at {} failed; the tokens that were read last go on being taken", file, e);
    }
  }

  private byte[] content() throws TokenFileException {
    try {
      return TokenStore.read(file);
    } catch (TokenFileException e) {
      // What comes back is looked at, even if it is the same.
      seen = new byte[0];
      throw e;
    }
  }

  private void complain(String problem) {
    if (!problem.equals(complaint)) {
      complaint = problem;
      log.error("{}. Until then the tokens that were read last go on being taken", problem);
    }
  }

  private static Map<String, TokenEntry> byId(List<TokenEntry> entries) {
    return entries.stream()
        .collect(Collectors.toUnmodifiableMap(TokenEntry::id, Function.identity()));
  }

  @Override
  public boolean answersPromptly() {
    return true;
  }

  @Override
  public void close() {
    // Without an interrupt, which would make a file that is being read look unreadable.
    watch.shutdown();
  }
}
