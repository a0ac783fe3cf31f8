package io.managedredis.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The files of a server, read without any of its code. */
public final class DataFolder {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a server keeps beside the backups, while it runs. */
  private static final Set<String> BESIDE =
      Set.of(
          "audit.log",
          "audit.log.lock",
          "catalog.db",
          "catalog.db-shm",
          "catalog.db-wal",
          "repository",
          "repository/.lock",
          "repository/repository.json");

  private final Path folder;

  /** The files in that folder. */
  public DataFolder(Path folder) {
    this.folder = folder;
  }

  /** The ids of the backups that have a manifest. */
  public Set<String> committed() throws IOException {
    Set<String> ids = new TreeSet<>();
    for (String path : paths()) {
      String[] names = path.split("/", -1);
      if (names.length == 4 && names[3].equals("manifest.json")) {
        ids.add(names[1] + ":" + names[2]);
      }
    }
    return ids;
  }

  /** The file of a shard's snapshot. */
  public Path shard(String backup, String shard) {
    return folder
        .resolve("repository")
        .resolve(backup.replace(':', '/'))
        .resolve(shard + ".rdb.zst");
  }

  /**
   * Each of these backups is whole: its files have the lengths and decompress to the SHA-256 that
   * its manifest tells. Besides them, {@link #BESIDE} and the verifications there is no file and no
   * folder.
   *
   * @param verified those of them that have a verification
   */
  public void assertHoldsExactly(Set<String> backups, Set<String> verified) throws IOException {
    Set<String> expected = new TreeSet<>(BESIDE);
    for (String id : backups) {
      String cluster = "repository/" + id.substring(0, id.indexOf(':'));
      String place = cluster + "/" + id.substring(id.indexOf(':') + 1);
      expected.addAll(List.of(cluster, place, place + "/manifest.json"));
      if (verified.contains(id)) {
        expected.add(place + "/verification.json");
      }
      JsonNode manifest = JSON.readTree(folder.resolve(place + "/manifest.json").toFile());
      assertThat(manifest.path("shards")).as(id).isNotEmpty();
      for (JsonNode shard : manifest.path("shards")) {
        String file = place + "/" + shard.path("file").asText();
        expected.add(file);
        assertWhole(folder.resolve(file), shard);
      }
    }
    assertThat(paths()).containsExactlyElementsOf(expected);
  }

  private static void assertWhole(Path file, JsonNode shard) throws IOException {
    byte[] stored = Files.readAllBytes(file);
    assertThat(stored.length).as("length of %s", file).isEqualTo(shard.path("storedBytes").asInt());
    try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(stored))) {
      byte[] raw = in.readAllBytes();
      assertThat(raw.length).as("snapshot in %s", file).isEqualTo(shard.path("rawBytes").asInt());
      assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(raw)))
          .as("SHA-256 of the snapshot in %s", file)
          .isEqualTo(shard.path("rawSha256").asText());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Set<String> paths() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Set<String> paths = new TreeSet<>();
      all.filter(path -> !path.equals(folder))
          .forEach(path -> paths.add(folder.relativize(path).toString()));
      return paths;
    }
  }
}
