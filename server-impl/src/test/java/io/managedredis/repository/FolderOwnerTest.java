package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderOwnerTest {

  @TempDir private Path folder = Path.of("");

  @Test
  void aFileOfItsFoldersOwnerStaysAsItIs() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    FolderOwner.handOver(file);

    assertThat(Files.getOwner(file)).isEqualTo(Files.getOwner(folder));
  }

  @Test
  void aKeysetThatRootRotatesStaysWithItsOwner() throws Exception {
    assumeThat(System.getProperty("user.name")).as("only root may do that").isEqualTo("root");
    Path keyset = folder.resolve("keyset.json");
    String first = new KeysetFile(keyset).create();
    UserPrincipal nobody =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Files.setOwner(keyset, nobody);

    String second = new KeysetFile(keyset).rotate();

    assertThat(second).isNotEqualTo(first);
    assertThat(Files.getOwner(keyset)).isEqualTo(nobody);
  }

  @Test
  void whatRootMakesBelongsToTheFoldersOwner() throws Exception {
    assumeThat(System.getProperty("user.name")).as("only root may do that").isEqualTo("root");
    UserPrincipal nobody =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Files.setOwner(folder, nobody);
    Path file = Files.createFile(folder.resolve("file"));

    FolderOwner.handOver(file);

    assertThat(Files.getOwner(file)).isEqualTo(nobody);
  }
}
