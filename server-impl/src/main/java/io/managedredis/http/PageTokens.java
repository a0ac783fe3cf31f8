package io.managedredis.http;

import io.managedredis.catalog.Position;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns the position in a list into a token and back. A token holds the instant and the id of the
 * last entry of a page and a keyed hash over both and the list, so that a token of another list, or
 * one that was altered, is told apart. It needs no state, and survives the deletion of the entry.
 *
 * <p>100 characters are 75 bytes: 9 of hash and 66 of position, which is just what an instant to
 * the nanosecond (69 bits) and an id of 75 characters (6.05 bits each) take when they are packed.
 */
final class PageTokens {

  /** How many bytes of secret a key should have. */
  static final int SECRET_BYTES = 32;

  private static final String ALPHABET =
      "-0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  private static final BigInteger RADIX = BigInteger.valueOf(ALPHABET.length() + 1L);
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);
  private static final long FIRST_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
  private static final int HASH_BYTES = 9;

  private final SecretKeySpec key;

  PageTokens(byte[] secret) {
    this.key = new SecretKeySpec(secret, "HmacSHA256");
  }

  /**
   * The token for the page after a position.
   *
   * @param list which list it is: the operation and what it lists
   */
  String encode(String list, Position last) {
    // Digits of the id, a zero that ends it, then the instant: read from the lowest digit up.
    Instant at = last.createdAt();
    BigInteger packed =
        BigInteger.valueOf(at.getEpochSecond() - FIRST_SECOND)
            .multiply(NANOS)
            .add(BigInteger.valueOf(at.getNano()))
            .multiply(RADIX);
    for (int i = last.id().length() - 1; i >= 0; i--) {
      int digit = ALPHABET.indexOf(last.id().charAt(i)) + 1;
      if (digit == 0) {
        throw new IllegalArgumentException("an id with other characters: " + last.id());
      }
      packed = packed.multiply(RADIX).add(BigInteger.valueOf(digit));
    }
    byte[] position = unsigned(packed);
    byte[] token = Arrays.copyOf(hash(list, position), HASH_BYTES + position.length);
    System.arraycopy(position, 0, token, HASH_BYTES, position.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /**
   * The position that a token of this list holds.
   *
   * @throws ApiException 400 for any token that this list did not give out
   */
  Position decode(String list, String token) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      // Several texts decode to the same bytes; only the one that we gave out is ours.
      boolean canonical =
          Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(token);
      if (canonical && bytes.length > HASH_BYTES) {
        byte[] position = Arrays.copyOfRange(bytes, HASH_BYTES, bytes.length);
        if (MessageDigest.isEqual(hash(list, position), Arrays.copyOf(bytes, HASH_BYTES))) {
          return unpack(new BigInteger(1, position));
        }
      }
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw refused();
    }
    throw refused();
  }

  /** Without the byte for the sign that the greatest positions would have: 66 bytes are all. */
  private static byte[] unsigned(BigInteger positive) {
    byte[] bytes = positive.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static Position unpack(BigInteger packed) {
    StringBuilder id = new StringBuilder();
    BigInteger rest = packed;
    while (true) {
      BigInteger[] parts = rest.divideAndRemainder(RADIX);
      rest = parts[0];
      int digit = parts[1].intValueExact();
      if (digit == 0) {
        BigInteger[] instant = rest.divideAndRemainder(NANOS);
        return new Position(
            Instant.ofEpochSecond(
                instant[0].longValueExact() + FIRST_SECOND, instant[1].longValueExact()),
            id.toString());
      }
      id.append(ALPHABET.charAt(digit - 1));
    }
  }

  private byte[] hash(String list, byte[] position) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(list.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Arrays.copyOf(mac.doFinal(position), HASH_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static ApiException refused() {
    return ApiException.invalid(
        "pageToken", "is not one that this list gave out; start again without a token");
  }
}
