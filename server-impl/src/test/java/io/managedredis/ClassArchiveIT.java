package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The class-data archive that the build puts beside the jar. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClassArchiveIT {

  private static final String SKIP = "class.archive.skip";
  private static final String NO_ARCHIVE = "the build was told to make no archive";

  @TempDir private Path folder = Path.of("");

  /** With {@code -Xshare:on} a JVM that can't use the archive does not start. */
  @Test
  @DisabledIfSystemProperty(named = SKIP, matches = "true", disabledReason = NO_ARCHIVE)
  void aServerAnswersOutOfTheArchive() throws Exception {
    Path config = Files.writeString(folder.resolve("config.yaml"), "clusters: []\n");

    try (ServerProcess server =
        ServerProcess.serve(
            folder, config, folder.resolve("data"), "-Xshare:on", archive(archiveOfTheBuild()))) {
      assertThat(server.backups("some-folder")).isEmpty();
    }
  }

  @Test
  @DisabledIfSystemProperty(named = SKIP, matches = "true", disabledReason = NO_ARCHIVE)
  void theArchiveHoldsTheClassesOfTheFirstAnswer() throws Exception {
    Path config = Files.writeString(folder.resolve("config.yaml"), "clusters: []\n");
    Path loaded = folder.resolve("loaded");

    try (ServerProcess server =
        ServerProcess.serve(
            folder,
            config,
            folder.resolve("data"),
            archive(archiveOfTheBuild()),
            "-Xlog:class+load:file=" + loaded)) {
      assertThat(server.backups("some-folder")).isEmpty();
    }

    long fromTheJar = Files.readAllLines(loaded).stream().filter(ClassArchiveIT::isFromJar).count();
    assertThat(fromTheJar).isLessThan(100);
  }

  /** Such as the archive of another JDK. */
  @Test
  void anArchiveThatIsOfNoUseDoesNotStopTheServer() throws Exception {
    Path config = Files.writeString(folder.resolve("config.yaml"), "clusters: []\n");
    Path other = Files.writeString(folder.resolve("other.jsa"), "no archive");

    try (ServerProcess server =
        ServerProcess.serve(folder, config, folder.resolve("data"), archive(other))) {
      assertThat(server.backups("some-folder")).isEmpty();
      assertThat(server.err()).doesNotContain("archive", "other.jsa");
    }
  }

  private static Path archiveOfTheBuild() {
    return ClassArchive.of(ServerProcess.jar()).orElseThrow();
  }

  private static String archive(Path file) {
    return "-XX:SharedArchiveFile=" + file;
  }

  /** Picocli is compiled for Java 5, and classes before Java 6 can't be archived. */
  private static boolean isFromJar(String line) {
    return line.contains("source: file:") && line.contains(".jar") && !line.contains(" picocli.");
  }
}
