package io.managedredis.languages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With scripts of the shell in place of a language. */
class ConsumerTest {
  private static final String ALL =
      "for step in list get colon missing fractions unknown backup download delete;"
          + " do printf '%s\\tok\\t%s\\n' $step \"$GREETING\"; done";

  @TempDir private Path folder = Path.of("");

  @Test
  void theScriptGetsItsEnvironmentAndItsFolder() throws Exception {
    Consumer.Run run = consumer(ALL + "; touch \"$WORK/here\"").run(Map.of("GREETING", "hello"));

    assertThat(Objects.requireNonNull(run.report()).results())
        .extracting(StepResult::note)
        .containsOnly("hello");
    assertThat(folder.resolve("work/here")).exists();
  }

  @Test
  void whereAToolIsMissingTheLastLineOfStderrSaysWhich() throws Exception {
    Consumer.Run run = consumer("echo looking >&2; echo no cobol >&2; exit 77").run(Map.of());

    assertThat(run).isEqualTo(new Consumer.Run(null, "no cobol"));
  }

  @Test
  void missingToolsAreNoExcuseWithoutAReasonOrAfterAStep() {
    for (String script : new String[] {"exit 77", ALL + "; echo no cobol >&2; exit 77"}) {
      assertThatThrownBy(() -> consumer(script).run(Map.of("GREETING", "")))
          .as(script)
          .isInstanceOf(Report.MalformedException.class);
    }
  }

  @Test
  void aScriptThatDoesNotEndIsEnded() throws IOException {
    Consumer endless =
        consumer("sleep 600 & echo $! > \"$WORK/child\"; wait", Duration.ofSeconds(3));

    assertThatThrownBy(() -> endless.run(Map.of())).hasMessageContaining("does not end");
    long child = Long.parseLong(Files.readString(folder.resolve("work/child")).strip());
    Awaitility.await("its child has ended")
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  private Consumer consumer(String script) throws IOException {
    return consumer(script, Duration.ofMinutes(1));
  }

  private Consumer consumer(String script, Duration longest) throws IOException {
    Path run = Files.writeString(folder.resolve("run"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
    return new Consumer(run, folder.resolve("work"), longest);
  }
}
