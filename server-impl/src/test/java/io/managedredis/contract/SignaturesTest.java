package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.ContractFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is generated from the contract is what was reviewed, also with another generator. */
class SignaturesTest {

  private static final Path OPENAPI = ContractFile.path().resolveSibling("");

  @ParameterizedTest
  @CsvSource({"server, server-impl", "client, client-generated"})
  void theGeneratedCodeHasTheCommittedSignatures(String side, String module, @TempDir Path folder)
      throws IOException {
    Path committed = OPENAPI.resolve("signatures").resolve(side + ".txt");
    String today =
        Signatures.of(
            OPENAPI
                .resolveSibling(module)
                .resolve("target/generated-sources/openapi/src/main/java"));
    if (Boolean.getBoolean("signatures.write")) {
      Files.writeString(committed, today);
    }
    Path shown = Files.writeString(folder.resolve(side + ".txt"), today);

    assertThat(shown)
        .as(
            "What the generator makes of the contract differs from %s. When that is meant, write"
                + " it again with: mvn test -pl server-impl -am -Dtest=SignaturesTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dsignatures.write=true, and review"
                + " what git shows",
            committed.getFileName())
        .hasSameTextualContentAs(committed);
  }
}
