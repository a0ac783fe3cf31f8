package io.managedredis;

import io.managedredis.config.ConfigException;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.KeysetException;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
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

  @Parameters(paramLabel = "BACKUP", description = "The id of the backup.")
  private String backup = "";

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
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    BackupId id =
        BackupId.parse(backup)
            .orElseThrow(
                () ->
                    new CommandLine.ParameterException(
                        spec.commandLine(),
                        "'" + backup + "' is not the id of a backup: CLUSTER:SUFFIX"));
    if (!force && Files.exists(out)) {
      err.println(out + " is there already; name another file, or replace it with --force");
      return CommandLine.ExitCode.SOFTWARE;
    }
    try (StoredBackups backups = DataOptions.backups(data.settings())) {
      Manifest manifest =
          backups
              .manifest(id)
              .orElseThrow(() -> new RepositoryException("There is no backup " + id));
      ShardManifest shard = shard(manifest);
      try (InputStream snapshot = backups.open(id, shard)) {
        write(snapshot, shard);
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
      return CommandLine.ExitCode.OK;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return CommandLine.ExitCode.USAGE;
    } catch (KeysetException e) {
      err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (RepositoryException e) {
      err.println(e.getMessage());
    } catch (IOException e) {
      err.println("Can't write " + out + ": " + e);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private ShardManifest shard(Manifest manifest) throws RepositoryException {
    List<ShardManifest> shards = manifest.shards();
    if (shardName == null && shards.size() == 1) {
      return shards.get(0);
    }
    return shards.stream()
        .filter(shard -> shard.name().equals(shardName))
        .findFirst()
        .orElseThrow(
            () ->
                new RepositoryException(
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
    ProgressDisplay display =
        new ProgressDisplay(spec.commandLine().getErr(), ProgressDisplay.onTerminal());
    display.begin(shard.name(), shard.rawBytes());
    boolean complete = false;
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER];
      long written = 0;
      for (int count = snapshot.read(buffer); count >= 0; count = snapshot.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          int some = channel.write(bytes);
          written += some;
        }
        display.update(written);
      }
      channel.force(true);
      complete = true;
    } finally {
      display.end();
      if (!complete) {
        Files.deleteIfExists(draft);
      }
    }
    Path unused =
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
