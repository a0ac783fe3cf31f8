package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines in the client's README work as they stand there, but for the server's address. */
class JavaClientReadmeTest {

  private static final Path README = Path.of("..", "client-generated", "README.md");
  private static final String CLUSTER = "c9qdemo0000000000001";
  private static final String ADDRESS = "http://127.0.0.1:8080";

  @Test
  void theLinesOfTheReadmeWork(@TempDir Path folder) throws Exception {
    String lines = lines();
    assertThat(lines).contains(ADDRESS).contains(CLUSTER);
    try (RedisProcess redis =
            RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
        RunningService service =
            RunningService.in(folder).cluster(CLUSTER, "b1gdemo", redis.address()).start()) {
      redis.fill(100, 100);

      String printed = run(folder, lines.replace(ADDRESS, service.url()));

      assertThat(printed)
          .contains("1 of 1 shards, ")
          .contains(
              service.backups().listBackups("b1gdemo", null, null).getBackups().get(0).getId());
      assertThat(folder.resolve("dump.rdb"))
          .content(StandardCharsets.ISO_8859_1)
          .startsWith("REDIS");
    }
  }

  /** The first block of Java. */
  private static String lines() throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  /** As a user would: a source file, and what the client needs on the class path. */
  private static String run(Path folder, String lines) throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("Lines.java"),
            """
            import io.managedredis.client.model.*;
            import io.managedredis.client.sdk.*;
            import java.nio.file.Path;
            import java.time.Duration;
            class Lines {
              public static void main(String[] arguments) throws Exception {
                %s
              }
            }
            """
                .formatted(lines));
    Path output = folder.resolve("output.txt");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(java.waitFor(2, TimeUnit.MINUTES)).isTrue();
      String printed = Files.readString(output);
      assertThat(java.exitValue()).as(printed).isZero();
      return printed;
    } finally {
      java.destroyForcibly();
    }
  }
}
