package io.managedredis.languages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  private final ResultTable table = new ResultTable();

  @BeforeEach
  void fill() {
    table.add("csharp", report());
    table.add("go", report(new StepResult(Step.GET, StepResult.Outcome.LIMITED, "no shards")));
  }

  @Test
  void theTableHasARowPerLanguageAndANotePerStepThatIsNotOk() {
    table.addSkipped("ruby", "no ruby");

    assertThat(table.markdown())
        .isEqualTo(
            """
            | | list | get | colon | missing | fractions | unknown | backup | download | delete |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            | C# | ok | ok | ok | ok | ok | ok | ok | ok | ok |
            | Go | ok | limited | ok | ok | ok | ok | ok | ok | ok |
            | Ruby | - | - | - | - | - | - | - | - | - |

            - Go, get limited: no shards
            - Ruby, not run here: no ruby
            """);
  }

  @Test
  void aReadmeThatKeepsWhatCameDiffersInNothing() {
    assertThat(table.differences(readme(table.markdown()))).isEmpty();
  }

  @Test
  void aCellThatIsNotSoIsADifference() {
    String kept = table.markdown().replace("| Go | ok | limited |", "| Go | ok | ok |");

    assertThat(table.differences(readme(kept)))
        .containsExactly(
            "it lacks: | Go | ok | limited | ok | ok | ok | ok | ok | ok | ok |",
            "it has, but should not: | Go | ok | ok | ok | ok | ok | ok | ok | ok | ok |");
  }

  @Test
  void aNoteTooManyAndALanguageTooFewAreDifferences() {
    String kept = table.markdown().replaceAll("\\| C#.*\n", "") + "- Go, list limited: slow\n";

    assertThat(table.differences(readme(kept)))
        .containsExactly(
            "it lacks: | C# | ok | ok | ok | ok | ok | ok | ok | ok | ok |",
            "it has, but should not: - Go, list limited: slow");
  }

  @Test
  void whatWasNotRunHereMayBeAsItWasElsewhere() {
    ResultTable elsewhere = new ResultTable();
    elsewhere.add("csharp", report());
    elsewhere.addSkipped("go", "no go");

    assertThat(elsewhere.differences(readme(table.markdown()))).isEmpty();
  }

  @Test
  void aReadmeWithoutATableIsADifference() {
    assertThat(table.differences(table.markdown())).hasSize(1);
  }

  private static String readme(String markdown) {
    return "# Clients\n<!-- languages: begin -->\n" + markdown + "<!-- languages: end -->\nMore.\n";
  }

  private static Report report(StepResult... different) {
    Map<Step, StepResult> results = new EnumMap<>(Step.class);
    for (Step step : Step.values()) {
      results.put(step, new StepResult(step, StepResult.Outcome.OK, ""));
    }
    for (StepResult result : different) {
      results.put(result.step(), result);
    }
    return new Report(List.copyOf(results.values()));
  }
}
