package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import io.managedredis.testing.RunningService;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contract does not have is refused, close to what it has: paths, methods, arguments. */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UndeclaredTest {

  private static final Contract CONTRACT = Contract.present();
  private static final List<String> METHODS = List.of("GET", "PUT", "POST", "DELETE", "PATCH");

  private final RunningService service;

  UndeclaredTest(@TempDir Path folder) {
    // Nothing listens there: whatever is refused is refused before a node is asked.
    service =
        RunningService.in(folder)
            .cluster("c9q287aqv5rf11isjeql", "b1g4c2t7qf0s8m3n5k6d", "127.0.0.1:1")
            .start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  static Stream<DeclaredOperation> operations() {
    return CONTRACT.operations().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aPathOfAnotherVersionIsNotThere(DeclaredOperation operation) {
    assertNothingIsAt(operation.method(), "/x" + path(operation));
    if (operation.path().contains("/v1/")) {
      assertNothingIsAt(operation.method(), path(operation).replace("/v1/", "/v2/"));
    }
  }

  /** What is missing is the path, and not only the thing. */
  private void assertNothingIsAt(String method, String path) {
    HttpResponse<String> answer = service.sendBroken(method, path);

    assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(404);
    assertThat(Bodies.of(answer).path("message"))
        .isEqualTo(Bodies.of(service.sendBroken("GET", "/nothing")).path("message"));
  }

  /** Each path, by one of its operations, with the methods that it does not have. */
  static Stream<Arguments> otherMethods() {
    return operations()
        .filter(operation -> sharing(operation.path()).findFirst().orElseThrow().equals(operation))
        .flatMap(
            operation ->
                METHODS.stream()
                    .filter(method -> CONTRACT.at(method, path(operation)).isEmpty())
                    .map(method -> arguments(method, operation)));
  }

  private static Stream<DeclaredOperation> sharing(String path) {
    return operations().filter(operation -> operation.path().equals(path));
  }

  @ParameterizedTest
  @MethodSource("otherMethods")
  void aMethodThatAPathDoesNotHaveIsRefusedWithThoseThatItHas(
      String method, DeclaredOperation operation) {
    HttpResponse<String> answer = service.sendBroken(method, path(operation));

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(Refusal.of(answer).code()).isEqualTo(12);
    TreeSet<String> allowed = new TreeSet<>(List.of("OPTIONS"));
    sharing(operation.path()).map(DeclaredOperation::method).forEach(allowed::add);
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    assertThat(answer.headers().firstValue("allow").map(all -> all.split(", ", -1)).stream())
        .flatExtracting(Arrays::asList)
        .containsExactlyInAnyOrderElementsOf(allowed);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void anUndeclaredParameterIsRefusedByItsName(DeclaredOperation operation) {
    String target = Call.of(operation).target();

    assertRefused(
        operation, target + (target.contains("?") ? "&" : "?") + "undeclared=1", "undeclared");
  }

  /** Each parameter that a request can have twice. */
  static Stream<Arguments> repeatable() {
    return operations()
        .flatMap(
            operation ->
                operation.parameters().stream()
                    .filter(parameter -> !parameter.in().equals("path"))
                    .map(parameter -> arguments(operation, parameter)));
  }

  @ParameterizedTest
  @MethodSource("repeatable")
  void aParameterThatIsThereTwiceIsRefused(DeclaredOperation operation, Parameter parameter) {
    String value = parameter.example().map(example -> example.asText()).orElse("");
    if (parameter.in().equals("header")) {
      assertRefused(
          operation,
          Call.of(operation).target(),
          parameter.name(),
          parameter.name(),
          value,
          parameter.name(),
          value);
    } else {
      String target = Call.of(operation).with(parameter.name(), value).target();
      String once = target.substring(target.indexOf(parameter.name() + "=")).replaceAll("&.*", "");
      assertRefused(operation, target + "&" + once, parameter.name());
    }
  }

  private void assertRefused(
      DeclaredOperation operation, String target, String field, String... headers) {
    Refusal refusal = Refusal.of(service.sendBroken(operation.method(), target, headers));

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.code()).isEqualTo(3);
    assertThat(refusal.violations()).containsOnlyKeys(field);
  }

  /** Each parameter of a path; a value one shorter would be another path. */
  static Stream<Arguments> shortest() {
    return operations()
        .flatMap(
            operation ->
                operation.parameters().stream()
                    .filter(parameter -> parameter.in().equals("path"))
                    .filter(parameter -> parameter.schema().path("minLength").asInt() == 1)
                    .map(parameter -> arguments(operation, parameter)));
  }

  @ParameterizedTest
  @MethodSource("shortest")
  void oneCharacterIsEnoughWhereTheContractSaysSo(
      DeclaredOperation operation, Parameter parameter) {
    assertThat(
            Refusal.of(Call.of(operation).with(parameter.name(), "a").send(service)).violations())
        .isEmpty();
  }

  private static String path(DeclaredOperation operation) {
    return Call.of(operation).target().replaceAll("\\?.*", "");
  }
}
