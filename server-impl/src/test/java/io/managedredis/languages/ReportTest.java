package io.managedredis.languages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReportTest {
  private static final String ALL_OK =
      Arrays.stream(Step.values())
          .map(step -> step.id() + "\tok\t\n")
          .collect(Collectors.joining());

  @Test
  void everyStepIsReadWithItsNote() throws Exception {
    Report report = Report.parse(ALL_OK.replace("colon\tok\t", "colon\tok\tsends :"), 0);

    assertThat(report.results()).extracting(StepResult::step).containsExactly(Step.values());
    assertThat(report.results().get(2).toString()).isEqualTo("colon ok: sends :");
    assertThat(report.failed()).isEmpty();
  }

  @Test
  void aLimitedStepIsNoFailure() throws Exception {
    Report report =
        Report.parse(ALL_OK.replace("fractions\tok\t", "fractions\tlimited\tto the second"), 0);

    assertThat(report.failed()).isEmpty();
    assertThat(report.results())
        .contains(new StepResult(Step.FRACTIONS, StepResult.Outcome.LIMITED, "to the second"));
  }

  @Test
  void aFailedStepIsAFailureAndSoIsTheStatus() throws Exception {
    Report report = Report.parse(ALL_OK.replace("get\tok\t", "get\tfailed\tno shards"), 1);

    assertThat(report.failed()).extracting(StepResult::step).containsExactly(Step.GET);
  }

  @ParameterizedTest
  @MethodSource
  void whateverElseIsPrintedIsRefused(String part, String instead, int status) {
    String printed = ALL_OK.replace(part, instead);

    assertThatThrownBy(() -> Report.parse(printed, status))
        .isInstanceOf(Report.MalformedException.class);
  }

  static List<Arguments> whateverElseIsPrintedIsRefused() {
    String list = "list\tok\t\n";
    return List.of(
        arguments("delete\tok\t\n", "", 0),
        arguments("get\tok\t\n", "", 0),
        arguments("download\tok\t\n", "", 0),
        arguments("download\tok\t\ndelete\tok\t\n", "delete\tok\t\ndownload\tok\t\n", 0),
        arguments(list, list + list, 0),
        arguments(list, list + "Warning\n", 0),
        arguments("delete\tok\t\n", "delete\tok\t\nmore\tok\t\n", 0),
        arguments(list, "List\tok\t\n", 0),
        arguments(list, "list\tfine\t\n", 0),
        arguments(list, "list ok\n", 0),
        arguments(list, "list\tok\ta\tb\n", 0),
        arguments(list, "list\tlimited\t\n", 0),
        arguments(list, "list\tfailed\t\n", 1),
        arguments(list, "list\tfailed\twhy\n", 0),
        arguments(list, list, 1),
        arguments(list, list, 139));
  }
}
