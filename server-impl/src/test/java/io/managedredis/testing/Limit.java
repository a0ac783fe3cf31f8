package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract.Parameter;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the contract can demand of a parameter; each is one way to break it. */
public enum Limit {
  REQUIRED("required"),
  TYPE("type"),
  FORMAT("format"),
  MINIMUM("minimum"),
  MAXIMUM("maximum"),
  MIN_LENGTH("minLength"),
  MAX_LENGTH("maxLength"),
  PATTERN("pattern"),
  ENUM("enum");

  private static final BigInteger BEYOND_INT64 = BigInteger.ONE.shiftLeft(63);

  /** No pattern of an id, a token or a key has it, and every part of a request can carry it. */
  private static final String STRANGE = "~";

  private final String keyword;

  Limit(String keyword) {
    this.keyword = keyword;
  }

  /** The limits that a request can break, of those that the parameter has. */
  public static Set<Limit> breakable(Parameter parameter) {
    EnumSet<Limit> limits = EnumSet.noneOf(Limit.class);
    Arrays.stream(values()).filter(limit -> limit.isBreakable(parameter)).forEach(limits::add);
    return limits;
  }

  private boolean isBreakable(Parameter parameter) {
    boolean inPath = parameter.in().equals("path");
    return switch (this) {
      // Without that segment it is another path.
      case REQUIRED -> parameter.required() && !inPath;
      // Whatever is sent is a text already.
      case TYPE -> !isText(parameter);
      case FORMAT -> !isText(parameter) && parameter.schema().has(keyword);
      // An empty segment is another path, too.
      case MIN_LENGTH -> limit(parameter, keyword) > (inPath ? 1 : 0);
      default -> parameter.schema().has(keyword);
    };
  }

  /**
   * The limits that a value breaks, also those that follow from another.
   *
   * @param value as it arrives, decoded; null when nothing was sent
   */
  public static Set<Limit> broken(Parameter parameter, @Nullable String value) {
    EnumSet<Limit> broken = EnumSet.noneOf(Limit.class);
    if (value == null) {
      if (parameter.required()) {
        broken.add(REQUIRED);
      }
      return broken;
    }
    Arrays.stream(values()).filter(limit -> limit.isBroken(parameter, value)).forEach(broken::add);
    return broken;
  }

  private boolean isBroken(Parameter parameter, String value) {
    JsonNode limit = parameter.schema().path(keyword);
    boolean isNumber = value.matches("-?[0-9]+");
    if (this == TYPE) {
      return !isText(parameter) && !isNumber;
    }
    if (limit.isMissingNode()) {
      return false;
    }
    int length = value.codePointCount(0, value.length());
    return switch (this) {
      case FORMAT ->
          !isText(parameter) && isNumber && new BigInteger(value).bitLength() > wordLength(limit);
      case MINIMUM -> isNumber && new BigInteger(value).compareTo(limit.bigIntegerValue()) < 0;
      case MAXIMUM -> isNumber && new BigInteger(value).compareTo(limit.bigIntegerValue()) > 0;
      case MIN_LENGTH -> length < limit.asInt();
      case MAX_LENGTH -> length > limit.asInt();
      case PATTERN -> !java.util.regex.Pattern.compile(limit.asText()).matcher(value).find();
      case ENUM -> {
        boolean known = false;
        for (JsonNode one : limit) {
          known |= one.asText().equals(value);
        }
        yield !known;
      }
      case REQUIRED, TYPE -> false;
    };
  }

  /** The last value that this limit lets through; empty where there is no such thing. */
  public Optional<String> last(Parameter parameter) {
    JsonNode limit = parameter.schema().path(keyword);
    return switch (this) {
      case MINIMUM, MAXIMUM -> Optional.of(limit.asText());
      case MIN_LENGTH, MAX_LENGTH -> Optional.of(text(parameter, limit.asInt()));
      case ENUM -> Optional.of(limit.get(limit.size() - 1).asText());
      case REQUIRED, TYPE, FORMAT, PATTERN -> Optional.empty();
    };
  }

  /**
   * The first value beyond this limit, as good as possible otherwise; empty for what is broken by
   * sending nothing.
   */
  public Optional<String> beyond(Parameter parameter) {
    JsonNode limit = parameter.schema().path(keyword);
    return switch (this) {
      case REQUIRED -> Optional.empty();
      case TYPE -> Optional.of("abc");
      case FORMAT -> Optional.of(BEYOND_INT64.toString());
      case MINIMUM -> Optional.of(limit.bigIntegerValue().subtract(BigInteger.ONE).toString());
      case MAXIMUM -> Optional.of(limit.bigIntegerValue().add(BigInteger.ONE).toString());
      case MIN_LENGTH -> Optional.of(text(parameter, limit.asInt()).substring(1));
      case MAX_LENGTH -> {
        String last = text(parameter, limit.asInt());
        yield Optional.of(last + last.charAt(last.length() - 1));
      }
      case PATTERN -> {
        String last = text(parameter, Math.max(1, limit(parameter, "minLength")));
        yield Optional.of(STRANGE + last.substring(1));
      }
      case ENUM -> Optional.of(STRANGE);
    };
  }

  /** A text of that many characters that breaks nothing else. */
  private static String text(Parameter parameter, int length) {
    String pattern = parameter.schema().path("pattern").asText();
    return PatternText.ofLength(pattern.isEmpty() ? "^[a-z]*$" : pattern, length);
  }

  private static boolean isText(Parameter parameter) {
    return parameter.schema().path("type").asText().equals("string");
  }

  private static int limit(Parameter parameter, String keyword) {
    return parameter.schema().path(keyword).asInt();
  }

  private static int wordLength(JsonNode format) {
    return format.asText().equals("int32") ? 31 : 63;
  }

  /** The keyword of the contract. */
  @Override
  public String toString() {
    return keyword;
  }
}
