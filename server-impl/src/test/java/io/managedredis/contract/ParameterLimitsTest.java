package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import io.managedredis.testing.Limit;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Wording;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every limit of every parameter, at its edge: the last value within it, and the first one beyond.
 * All of it is read from the contract, so a new operation or limit needs nothing here.
 */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParameterLimitsTest {

  /** The limits that are a number, which a refusal has to name. */
  private static final Set<Limit> NUMBERS =
      EnumSet.of(Limit.MINIMUM, Limit.MAXIMUM, Limit.MIN_LENGTH, Limit.MAX_LENGTH);

  private static final Contract CONTRACT = Contract.present();

  private final RunningService service;

  ParameterLimitsTest(@TempDir Path folder) {
    // Nothing listens there: what is accepted may fail, but soon.
    service =
        RunningService.in(folder)
            .cluster("c9q287aqv5rf11isjeql", "b1g4c2t7qf0s8m3n5k6d", "127.0.0.1:1")
            .start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  @ParameterizedTest(name = "{0} {1} beyond {2}")
  @MethodSource("limits")
  void theFirstValueBeyondALimitIsRefusedByItsName(
      DeclaredOperation operation, Parameter parameter, Limit limit) {
    Refusal refusal = beyond(operation, parameter, limit);

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.code()).isEqualTo(3);
    assertThat(refusal.violations()).containsOnlyKeys(parameter.name());
    if (NUMBERS.contains(limit)) {
      assertThat(refusal.violations().get(parameter.name()))
          .containsPattern("\\b" + parameter.schema().path(limit.toString()).asText() + "\\b");
    }
  }

  @ParameterizedTest(name = "{0} {1} at {2}")
  @MethodSource("limits")
  void theLastValueWithinALimitIsNotRefusedForIt(
      DeclaredOperation operation, Parameter parameter, Limit limit) {
    Optional<String> last = limit.last(parameter);
    if (last.isEmpty()) {
      return;
    }

    Refusal refusal =
        Refusal.of(Call.of(operation).with(parameter.name(), last.get()).send(service));

    // A token or a filter of the right length may mean nothing; an example has to say so.
    String said = refusal.violations().get(parameter.name());
    if (said != null) {
      String beyond = beyond(operation, parameter, limit).violations().get(parameter.name());
      assertThat(meanings(operation, parameter)).contains(Wording.withoutQuotes(said));
      assertThat(Wording.withoutQuotes(said))
          .isNotEqualTo(Wording.withoutQuotes(String.valueOf(beyond)));
    }
  }

  /** A character outside of the basic plane is twelve bytes of a URI, which has its limit, too. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("texts")
  void theLongestTextIsReadWholeWhateverItsCharactersAre(
      DeclaredOperation operation, Parameter parameter) {
    String longest = "\uD83D\uDE00".repeat(parameter.schema().path("maxLength").asInt());

    Refusal refusal =
        Refusal.of(Call.of(operation).with(parameter.name(), longest).sendBroken(service));

    assertThat(refusal.violations().keySet()).isSubsetOf(parameter.name());
    assertThat(refusal.status()).isIn(200, refusal.violations().isEmpty() ? 200 : 400);
  }

  static Stream<Arguments> texts() {
    return CONTRACT.operations().stream()
        .flatMap(
            operation ->
                operation.parameters().stream()
                    .filter(parameter -> parameter.in().equals("query"))
                    .filter(parameter -> parameter.schema().path("type").asText().equals("string"))
                    .map(parameter -> arguments(operation, parameter)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("withExample")
  void theExampleOfAParameterIsAccepted(DeclaredOperation operation, Parameter parameter) {
    String example = parameter.example().orElseThrow().asText();

    assertThat(Limit.broken(parameter, example)).isEmpty();
    assertThat(
            Refusal.of(Call.of(operation).with(parameter.name(), example).send(service))
                .violations())
        .isEmpty();
  }

  static Stream<Arguments> limits() {
    return CONTRACT.operations().stream()
        .flatMap(
            operation ->
                operation.parameters().stream()
                    .flatMap(
                        parameter ->
                            Limit.breakable(parameter).stream()
                                .map(limit -> arguments(operation, parameter, limit))));
  }

  static Stream<Arguments> withExample() {
    return CONTRACT.operations().stream()
        .flatMap(
            operation ->
                operation.parameters().stream()
                    .filter(parameter -> parameter.example().isPresent())
                    .map(parameter -> arguments(operation, parameter)));
  }

  private Refusal beyond(DeclaredOperation operation, Parameter parameter, Limit limit) {
    return Refusal.of(
        Call.of(operation)
            .with(parameter.name(), limit.beyond(parameter).orElse(null))
            .sendBroken(service));
  }

  /** What the examples of an operation say of a parameter. */
  private static Set<String> meanings(DeclaredOperation operation, Parameter parameter) {
    Set<String> said = new HashSet<>();
    JsonNode content = operation.response(400).orElseThrow().path("content");
    for (JsonNode example : content.path("application/json").path("examples")) {
      String description =
          Refusal.of(400, CONTRACT.resolved(example).path("value"))
              .violations()
              .get(parameter.name());
      if (description != null) {
        said.add(Wording.withoutQuotes(description));
      }
    }
    return said;
  }
}
