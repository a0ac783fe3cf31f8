package io.managedredis.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The file that makes a folder a repository: its format and its id. */
final class RepositoryIdentity {
  static final String FILE = "repository.json";
  static final String DRAFT = "repository.json.tmp";

  /** Format 1 had manifests without proofs, and snapshots in a single frame. */
  private static final int FORMAT_VERSION = 2;

  private static final int LIMIT = 64 * 1024;

  private final Path root;
  private final Path file;
  private final FileOperations files;

  RepositoryIdentity(Path root, FileOperations files) {
    this.root = root;
    this.file = root.resolve(FILE);
    this.files = files;
  }

  /** What the file says. */
  private record Content(int formatVersion, String id) {}

  /**
   * The id that the folder has, or a new one when the folder is new. An older format becomes the
   * present one here, so that an older program refuses what it could not read.
   */
  String readOrCreate() throws RepositoryException {
    try {
      Optional<byte[]> bytes = DurableFile.read(file, LIMIT);
      if (bytes.isEmpty()) {
        refuseForeignFolder();
        return write(UUID.randomUUID().toString());
      }
      Content content = parse(bytes.get());
      if (content.formatVersion() < FORMAT_VERSION) {
        return write(content.id());
      }
      // A crash may have come between its rename and this.
      files.forceDirectory(root);
      return content.id();
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw RepositoryException.during("open the repository by", file, e);
    }
  }

  /** The id that the folder has; nothing is written. */
  String read() throws RepositoryException {
    Optional<byte[]> bytes;
    try {
      bytes = DurableFile.read(file, LIMIT);
    } catch (IOException e) {
      throw RepositoryException.during("open the repository by", file, e);
    }
    if (bytes.isEmpty()) {
      throw new RepositoryException(
          "There is no repository in "
              + root
              + ": it has no "
              + FILE
              + ". Name the folder \"repository\" inside the server's data folder");
    }
    return parse(bytes.get()).id();
  }

  private String write(String id) throws IOException {
    String json = "{\"formatVersion\":" + FORMAT_VERSION + ",\"id\":\"" + id + "\"}\n";
    Path draft = root.resolve(DRAFT);
    files.delete(draft);
    new DurableFile(files).write(draft, file, json.getBytes(StandardCharsets.UTF_8));
    return id;
  }

  private void refuseForeignFolder() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(".") && !name.equals(DRAFT) && !name.equals("lost+found")) {
          throw new RepositoryException(
              "The folder "
                  + root
                  + " has no "
                  + FILE
                  + " and is not empty: there is "
                  + Names.printable(name)
                  + ". Name an empty folder, or put the lost file back");
        }
      }
    }
  }

  private Content parse(byte[] content) throws RepositoryException {
    JsonNode document;
    try {
      document = JsonMapper.builder().build().readTree(content);
    } catch (IOException e) {
      throw new RepositoryException(unreadable("is not JSON"), e);
    }
    JsonNode version = document.get("formatVersion");
    if (version == null || !version.isIntegralNumber() || version.bigIntegerValue().signum() < 1) {
      throw new RepositoryException(unreadable("has no formatVersion"));
    }
    if (!version.canConvertToInt() || version.intValue() > FORMAT_VERSION) {
      throw new RepositoryException(
          "The repository "
              + root
              + " has format "
              + Names.printable(version.asText())
              + ", this program knows "
              + FORMAT_VERSION
              + ". Use the version of the program that wrote it, or a newer one");
    }
    JsonNode id = document.get("id");
    if (id == null || !id.isTextual() || !isUuid(id.textValue())) {
      throw new RepositoryException(unreadable("has no id that is a UUID"));
    }
    return new Content(version.intValue(), id.textValue());
  }

  private static boolean isUuid(String text) {
    try {
      return UUID.fromString(text).toString().equals(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private String unreadable(String wrong) {
    return "The identity of the repository, "
        + file
        + ", "
        + wrong
        + ". Put the file back from a copy; the backups beside it are untouched";
  }
}
