package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Example;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example is brought about on a running server, and the server answers what it shows. With
 * the few answers that have no example, since they are files, this makes every status of every
 * operation be seen.
 */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExampleReplayTest {

  private static final Contract CONTRACT = Contract.present();

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Map<String, Situation> situations = new HashMap<>();
  private final Path folder;

  /** A group of situations and how it is set up, which is only done when one of them is wanted. */
  private interface Group {
    Map<String, Situation> open(Path folder) throws Exception;
  }

  private final List<Group> groups;

  ExampleReplayTest(@TempDir Path folder) {
    this.folder = folder;
    groups =
        new ArrayList<>(
            List.of(
                into -> opened(new RefusedCalls(into)).situations(),
                into -> opened(new BrokenCatalogCalls(into)).situations(),
                into -> opened(new CallerCalls(into)).situations(),
                into -> opened(new BusyCalls(into)).situations(),
                into -> opened(new StoredBackupCalls(into)).situations()));
  }

  private <T extends AutoCloseable> T opened(T calls) {
    open.push(calls);
    return calls;
  }

  @AfterAll
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void theServerAnswersWhatTheExampleShows(Example example) throws Exception {
    HttpResponse<String> answer = situation(example.component()).answer(example.operation());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(example.status());
    assertThat(Shape.of(Bodies.of(answer))).isEqualTo(Shape.of(example.value()));
  }

  static Stream<Example> examples() {
    return CONTRACT.examples().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void theServerAnswersTheFile(String answer) throws Exception {
    String[] operation = answer.split(" ", -1);

    assertThat(situation(answer).answer(CONTRACT.operation(operation[0])).statusCode())
        .isEqualTo(Integer.parseInt(operation[1]));
  }

  /** The answers that are no JSON: an example of megabytes would show nothing. */
  static Stream<String> files() {
    return answers(false).stream();
  }

  @Test
  void everyAnswerHasAnExample() {
    assertThat(answers(true))
        .as("add an example under components/examples, and name it at the answer")
        .isEqualTo(
            CONTRACT.examples().stream()
                .map(example -> example.operation() + " " + example.status())
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Set<String> answers(boolean inJson) {
    Set<String> answers = new TreeSet<>();
    for (DeclaredOperation operation : CONTRACT.operations()) {
      operation
          .responses()
          .forEach(
              (status, response) -> {
                if (response.path("content").has("application/json") == inJson) {
                  answers.add(operation + " " + status);
                }
              });
    }
    return answers;
  }

  private Situation situation(String name) throws Exception {
    while (!situations.containsKey(name) && !groups.isEmpty()) {
      Path into = Files.createDirectory(folder.resolve("group" + groups.size()));
      situations.putAll(groups.remove(0).open(into));
    }
    Situation situation = situations.get(name);
    if (situation == null) {
      throw new AssertionError(
          "nothing brings about "
              + name
              + ": add a situation of this name to one of the classes *Calls beside this test");
    }
    return situation;
  }
}
