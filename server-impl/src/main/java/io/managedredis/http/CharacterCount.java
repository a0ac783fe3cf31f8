package io.managedredis.http;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a text's length, counted as the contract counts: {@code maxLength} is a number of
 * characters (JSON Schema Validation, 6.3.1; RFC 8259), and a character beyond the first plane is
 * one, not the two that a {@link String} holds it in. Takes the place of the library's own in
 * {@link Constraints}.
 */
public final class CharacterCount implements ConstraintValidator<Size, CharSequence> {

  private int least;
  private int most;

  @Override
  public void initialize(Size limits) {
    least = limits.min();
    most = limits.max();
  }

  @Override
  public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
    if (text == null) {
      return true;
    }
    int count = of(text);
    return least <= count && count <= most;
  }

  /** How many characters a text has. */
  static int of(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }
}
