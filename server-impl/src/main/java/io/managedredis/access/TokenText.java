package io.managedredis.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token as its holder has it: {@code mrb_}, 12 hexadecimal digits that name it, {@code _}, and 64
 * that are the secret. The prefix lets those who look for leaked secrets find one; digits and
 * letters alone let it be marked with a double click.
 */
final class TokenText {
  private static final Pattern SHAPE = Pattern.compile("mrb_([0-9a-f]{12})_([0-9a-f]{64})");
  private static final int LENGTH = 81;
  private static final int ID_BYTES = 6;
  private static final int SECRET_BYTES = 32;

  private final String id;
  private final String secret;

  private TokenText(String id, String secret) {
    this.id = id;
    this.secret = secret;
  }

  /** A new one: 48 random bits that name it, and 256 that are secret. */
  static TokenText random(SecureRandom random) {
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    HexFormat hex = HexFormat.of();
    return new TokenText(hex.formatHex(id), hex.formatHex(secret));
  }

  /** The token that a stranger sent; empty when it can't be one, whatever its length. */
  static Optional<TokenText> parse(String text) {
    if (text.length() != LENGTH) {
      return Optional.empty();
    }
    Matcher matcher = SHAPE.matcher(text);
    return matcher.matches()
        ? Optional.of(new TokenText(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  String id() {
    return id;
  }

  /** What is stored of the secret. It has 256 random bits, so nothing slower is needed. */
  byte[] secretHash() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(secret.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The whole token, for its holder alone. */
  String reveal() {
    return "mrb_" + id + "_" + secret;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "token " + id;
  }
}
