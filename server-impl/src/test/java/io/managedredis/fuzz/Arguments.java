package io.managedredis.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.arbitraries.StringArbitrary;

/** What may be sent for a parameter, and what may not, by its schema. */
final class Arguments {

  private static final List<String> NO_NUMBERS =
      List.of("", "abc", "1.5", "1e2", "0x10", "+5", " 5", "5 ", "--5", "٣", "null", "1,000");

  private Arguments() {}

  /** Right ones: of what the server has shown, or anything that the schema allows. */
  static Arbitrary<Argument> right(Parameter parameter) {
    return Combinators.combine(Arbitraries.integers().between(-5, 9), texts(parameter))
        .as((known, text) -> new Argument(parameter, known, text));
  }

  private static Arbitrary<String> texts(Parameter parameter) {
    JsonNode schema = parameter.schema();
    if (schema.path("type").asText().equals("integer")) {
      long least = schema.path("minimum").asLong();
      long most = schema.path("maximum").asLong();
      return Arbitraries.oneOf(
              Arbitraries.of(least, most, Math.min(least + 1, most)),
              Arbitraries.longs().between(least, most))
          .map(String::valueOf);
    }
    if (schema.path("type").asText().equals("boolean")) {
      return Arbitraries.of("true", "false");
    }
    if (schema.has("enum")) {
      List<String> values = new ArrayList<>();
      schema.path("enum").forEach(value -> values.add(value.asText()));
      return Arbitraries.of(values);
    }
    int least = Math.max(schema.path("minLength").asInt(), parameter.in().equals("query") ? 0 : 1);
    int most = schema.path("maxLength").asInt();
    if (schema.has("pattern")) {
      return PatternStrings.matching(schema.path("pattern").asText(), most)
          .filter(text -> least <= text.length() && text.length() <= most);
    }
    List<Arbitrary<String>> texts = new ArrayList<>();
    texts.add(anything(parameter).ofMinLength(least).ofMaxLength(most));
    texts.add(anything(parameter).ofLength(least));
    texts.add(anything(parameter).ofLength(most));
    parameter
        .example()
        .map(JsonNode::asText)
        .ifPresent(example -> texts.addAll(Collections.nCopies(3, likeTheExample(example))));
    if (!parameter.in().equals("header")) {
      texts.add(oddlyCounted(least, most));
    }
    return Arbitraries.oneOf(texts).filter(text -> length(text) >= least && length(text) <= most);
  }

  /** A length as JSON Schema counts it: a character may be two of Java's. */
  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static StringArbitrary anything(Parameter parameter) {
    StringArbitrary visible = Arbitraries.strings().withCharRange('!', '~');
    return parameter.in().equals("header")
        ? visible
        : visible.withChars(' ', '\t', '\n', '\0', 'ü', 'Ω', '中', '\u202e', '\uffff');
  }

  /** The example with other numbers in it. */
  private static Arbitrary<String> likeTheExample(String example) {
    return Arbitraries.oneOf(
            Arbitraries.longs().between(0, 3000).map(String::valueOf),
            Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(40))
        .map(number -> example.replaceAll("[0-9]{2,}", number));
  }

  /** Characters that are two of Java's, or two that are shown as one. */
  private static Arbitrary<String> oddlyCounted(int least, int most) {
    return Arbitraries.of("😀", "𝒳", "e", "\u0301")
        .list()
        .ofMinSize(least)
        .ofMaxSize(most)
        .map(characters -> String.join("", characters));
  }

  /** Wrong ones: each breaks one limit, or the type, or the pattern. */
  static List<Arbitrary<Argument>> wrong(Parameter parameter) {
    JsonNode schema = parameter.schema();
    List<Arbitrary<String>> wrong = new ArrayList<>();
    switch (schema.path("type").asText()) {
      case "integer" -> {
        long least = schema.path("minimum").asLong();
        long most = schema.path("maximum").asLong();
        wrong.add(Arbitraries.longs().between(Long.MIN_VALUE, least - 1).map(String::valueOf));
        wrong.add(Arbitraries.longs().between(most + 1, Long.MAX_VALUE).map(String::valueOf));
        wrong.add(Arbitraries.of(String.valueOf(least - 1), String.valueOf(most + 1)));
        wrong.add(Arbitraries.strings().withChars('9').ofMinLength(19).ofMaxLength(40));
        wrong.add(Arbitraries.of(NO_NUMBERS));
      }
      case "boolean" -> wrong.add(Arbitraries.of("", "yes", "1", "TRUE"));
      default -> addWrongTexts(parameter, wrong);
    }
    return wrong.stream().map(texts -> texts.map(text -> Argument.of(parameter, text))).toList();
  }

  private static void addWrongTexts(Parameter parameter, List<Arbitrary<String>> wrong) {
    JsonNode schema = parameter.schema();
    if (schema.has("enum")) {
      wrong.add(texts(parameter).map(text -> text + "_OTHER"));
      return;
    }
    int most = schema.path("maxLength").asInt();
    wrong.add(Arbitraries.just("a".repeat(most + 1)));
    wrong.add(Arbitraries.strings().withChars("a0").ofMinLength(most + 1).ofMaxLength(most + 200));
    int least = schema.path("minLength").asInt();
    int shortest = parameter.in().equals("path") ? 1 : 0;
    if (least > shortest) {
      wrong.add(Arbitraries.strings().withChars("a0").ofMinLength(shortest).ofMaxLength(least - 1));
    }
    if (schema.has("pattern")) {
      wrong.add(misshapen(parameter, Pattern.compile(schema.path("pattern").asText())));
    }
  }

  /** A right one with a character in it that does not belong there. */
  private static Arbitrary<String> misshapen(Parameter parameter, Pattern pattern) {
    List<String> strange =
        parameter.in().equals("header")
            ? List.of("x", "_", "{", ".", ":", "/", "%", "\"")
            : List.of(":", "A", "_", ".", " ", "/", "%", "+", "ü", "😀", "\n", "\0", ";", "?", "&");
    return Combinators.combine(
            texts(parameter), Arbitraries.of(strange), Arbitraries.integers().between(0, 100))
        .as(
            (text, character, place) -> {
              int at = Math.min(place, Math.max(0, text.length() - 1));
              return text.substring(0, at)
                  + character
                  + text.substring(Math.min(at + 1, text.length()));
            })
        .filter(text -> !pattern.matcher(text).matches() && !text.matches("\\.{1,2}"));
  }
}
