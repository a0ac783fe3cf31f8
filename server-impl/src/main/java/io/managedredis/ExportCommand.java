package io.managedredis;

import io.managedredis.repository.BackupId;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the snapshot of a shard as a plain RDB file. */
@Command(
    name = "export",
    description =
        "Writes the snapshot of one shard as a plain RDB file, which a stock server of "
            + "the same version loads as its dump.rdb. The file appears under its name only "
            + "once it is complete and proven. Works while a server runs.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the file is there",
      "1:it is not, and stderr says why",
      "2:wrong usage or configuration"
    })
final class ExportCommand implements Callable<Integer> {

  private static final int BUFFER = 1 << 20;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private DataOptions data = new DataOptions();

  @Parameters(
      paramLabel = "BACKUP",
      converter = DataOptions.BackupIdConverter.class,
      description = "The id of the backup.")
  private @Nullable BackupId backup;

  @Option(
      names = "--shard",
      paramLabel = "NAME",
      description = "The shard; may be left out when the backup has only one.")
  private @Nullable String shardName;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The file to write; its folder must be there.")
  private Path out = Path.of("");

  @Option(names = "--force", description = "Replace the file when it is there already.")
  private boolean force;

  @Override
  public Integer call() throws InterruptedException {
    return data.run(
        settings -> {
          if (!force && Files.exists(out)) {
            throw new IOException(
                out + " is there already; name another file, or replace it with --force");
          }
          try (StoredBackups backups = DataOptions.backups(settings)) {
            export(backups, Objects.requireNonNull(backup));
          }
          return CommandLine.ExitCode.OK;
        });
  }

  private void export(StoredBackups backups, BackupId id) throws IOException {
    Manifest manifest =
        backups.manifest(id).orElseThrow(() -> new IOException("There is no backup " + id));
    ShardManifest shard = shard(manifest);
    try (InputStream snapshot = backups.open(id, shard)) {
      write(snapshot, shard);
    } catch (FileSystemException e) {
      throw new IOException("Can't write " + out + ": " + e, e);
    }
    spec.commandLine()
        .getOut()
        .println(
            out
                + ": "
                + ProgressDisplay.size(shard.rawBytes())
                + ", "
                + shard.serverName()
                + " "
                + shard.serverVersion()
                + ", SHA-256 "
                + shard.rawSha256());
  }

  private ShardManifest shard(Manifest manifest) throws IOException {
    List<ShardManifest> shards = manifest.shards();
    if (shardName == null && shards.size() == 1) {
      return shards.get(0);
    }
    return shards.stream()
        .filter(shard -> shard.name().equals(shardName))
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    (shardName == null
                            ? "Name one with --shard: backup "
                            : "There is no shard " + shardName + ": backup ")
                        + manifest.backupId()
                        + " has "
                        + shards.stream()
                            .map(ShardManifest::name)
                            .collect(Collectors.joining(", "))));
  }

  private void write(InputStream snapshot, ShardManifest shard) throws IOException {
    Path file = out.toAbsolutePath();
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    // What an export that was killed left.
    boolean unused = Files.deleteIfExists(draft);
    ProgressDisplay display =
        new ProgressDisplay(spec.commandLine().getErr(), ProgressDisplay.onTerminal());
    display.begin(shard.name(), shard.rawBytes());
    boolean complete = false;
    try (FileChannel channel = create(draft)) {
      byte[] buffer = new byte[BUFFER];
      long written = 0;
      for (int count = snapshot.read(buffer); count >= 0; count = snapshot.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          written += channel.write(bytes);
        }
        display.update(written);
      }
      channel.force(true);
      complete = true;
    } finally {
      display.end();
      if (!complete) {
        unused = Files.deleteIfExists(draft);
      }
    }
    Path moved =
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(Objects.requireNonNull(moved.getParent()))) {
      folder.force(true);
    }
  }

  /** For its owner alone: it holds in clear what may be encrypted in the repository. */
  private static FileChannel create(Path draft) throws IOException {
    FileAttribute<?>[] mode =
        draft.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return FileChannel.open(
        draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
  }
}
