package io.managedredis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.backup.BackupFailedException;
import io.managedredis.backup.BackupVerifier;
import io.managedredis.capture.Cancellation;
import io.managedredis.config.ConfigException;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Finding;
import io.managedredis.repository.KeysetException;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import io.managedredis.repository.Verification;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads backups back and proves them again. */
@Command(
    name = "verify",
    description =
        "Reads backups back from storage and proves them again: that the stored bytes "
            + "are the captured ones, the server's checksum, the structure, the number of "
            + "keys. The result is kept beside each backup. Works while a server runs. Prints "
            + "a line for each backup.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all of them are intact",
      "1:at least one is damaged or could not be read",
      "2:wrong usage or configuration"
    })
final class VerifyCommand implements Callable<Integer> {

  private static final Pattern SHARE = Pattern.compile("([0-9]{1,4})/([0-9]{1,4})");

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private DataOptions data = new DataOptions();

  @ArgGroup(multiplicity = "1")
  private Selection selection = new Selection();

  @Option(names = "--json", description = "Print a JSON object for each backup, one per line.")
  private boolean json;

  private final JsonMapper mapper = JsonMapper.builder().build();

  /** Which backups. */
  static final class Selection {
    @Parameters(paramLabel = "BACKUP", arity = "0..*", description = "Ids of backups.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "Every backup.")
    @SuppressWarnings("UnusedVariable") // That it is there says it: nothing else was chosen.
    private boolean all;

    @Option(
        names = "--share",
        paramLabel = "N/M",
        description =
            "The N-th of M parts of all backups. A backup is always in the same part, so "
                + "that 1/7 on Monday, 2/7 on Tuesday and so on verifies all of them in a week.")
    private @Nullable String share;
  }

  /** What came out for one backup. */
  private enum Result {
    INTACT,
    DAMAGED,
    UNREADABLE
  }

  @Override
  public Integer call() {
    Share share = share();
    List<BackupId> named = new ArrayList<>();
    for (String id : selection.ids) {
      named.add(
          BackupId.parse(id)
              .orElseThrow(
                  () ->
                      new CommandLine.ParameterException(
                          spec.commandLine(),
                          "'" + id + "' is not the id of a backup: CLUSTER:SUFFIX")));
    }
    PrintWriter err = spec.commandLine().getErr();
    try (StoredBackups backups = DataOptions.backups(data.settings())) {
      int bad = 0;
      List<BackupId> wanted = named.isEmpty() ? find(backups, share) : named;
      BackupVerifier verifier = new BackupVerifier(backups);
      ProgressDisplay display = new ProgressDisplay(err, ProgressDisplay.onTerminal());
      for (BackupId id : wanted) {
        bad += verify(backups, verifier, id, display) == Result.INTACT ? 0 : 1;
      }
      if (!json) {
        err.println(
            wanted.isEmpty()
                ? "There is no backup to verify"
                : wanted.size() - bad + " of " + wanted.size() + " backups are intact");
      }
      return bad == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return CommandLine.ExitCode.USAGE;
    } catch (KeysetException e) {
      err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (RepositoryException e) {
      err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Ids only: however many backups there are, they fit into memory. */
  private List<BackupId> find(StoredBackups backups, Share share) throws RepositoryException {
    List<BackupId> found = new ArrayList<>();
    backups.forEachCommitted(
        manifest ->
            BackupId.parse(manifest.backupId()).filter(share::contains).ifPresent(found::add),
        (id, damage) -> {
          // Verified as well: the reason is told there.
          if (share.contains(id)) {
            found.add(id);
          }
        });
    found.sort((a, b) -> a.toString().compareTo(b.toString()));
    return found;
  }

  private Result verify(
      StoredBackups backups, BackupVerifier verifier, BackupId id, ProgressDisplay display) {
    try {
      display.begin(id.toString(), rawBytes(backups, id));
      Verification verification =
          verifier.verify(id, (bytes, done, total) -> display.update(bytes), new Cancellation());
      display.end();
      print(verification);
      return verification.damaged() ? Result.DAMAGED : Result.INTACT;
    } catch (BackupFailedException e) {
      display.end();
      Result result =
          e.reason() == BackupFailedException.Reason.DAMAGED ? Result.DAMAGED : Result.UNREADABLE;
      print(id, result, String.valueOf(e.getMessage()), null);
      return result;
    }
  }

  private static long rawBytes(StoredBackups backups, BackupId id) {
    try {
      Optional<Manifest> manifest = backups.manifest(id);
      return manifest.stream()
          .flatMap(found -> found.shards().stream())
          .mapToLong(ShardManifest::rawBytes)
          .sum();
    } catch (RepositoryException e) {
      // The verification itself says why.
      return 0;
    }
  }

  private void print(Verification verification) {
    StringBuilder trouble = new StringBuilder();
    for (Verification.VerifiedShard shard : verification.shards()) {
      if (shard.proof().damaged()) {
        trouble
            .append(trouble.isEmpty() ? "" : "; ")
            .append("shard ")
            .append(shard.name())
            .append(": ")
            .append(BackupVerifier.trouble(shard.proof()));
      }
    }
    BackupId id =
        BackupId.parse(verification.backupId())
            .orElseThrow(() -> new IllegalStateException(verification.backupId()));
    print(
        id,
        verification.damaged() ? Result.DAMAGED : Result.INTACT,
        trouble.toString(),
        verification);
  }

  private void print(
      BackupId id, Result result, String trouble, @Nullable Verification verification) {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.println(
          id
              + "  "
              + result.name().toLowerCase(java.util.Locale.ROOT)
              + (trouble.isEmpty() ? "" : "  " + trouble));
    } else {
      ObjectNode object = mapper.createObjectNode();
      object.put("backupId", id.toString()).put("result", result.name());
      if (!trouble.isEmpty()) {
        object.put("message", trouble);
      }
      if (verification != null) {
        object.put("verifiedAt", verification.completedAt().toString());
        ArrayNode shards = object.putArray("shards");
        for (Verification.VerifiedShard shard : verification.shards()) {
          ObjectNode proof = shards.addObject().put("name", shard.name());
          put(proof, "checksum", shard.proof().checksum());
          put(proof, "structure", shard.proof().structure());
          put(proof, "counts", shard.proof().counts());
          put(proof, "slots", shard.proof().slots());
          put(proof, "stored", shard.proof().stored());
        }
      }
      try {
        out.println(mapper.writeValueAsString(object));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree of texts is always JSON", e);
      }
    }
    out.flush();
  }

  private static void put(ObjectNode proof, String name, Finding finding) {
    ObjectNode object = proof.putObject(name);
    object.put("outcome", finding.outcome().name()).put("at", finding.at().toString());
    if (!finding.detail().isEmpty()) {
      object.put("detail", finding.detail());
    }
  }

  private Share share() {
    if (selection.share == null) {
      return new Share(1, 1);
    }
    Matcher share = SHARE.matcher(selection.share);
    if (share.matches()) {
      int part = Integer.parseInt(share.group(1));
      int parts = Integer.parseInt(share.group(2));
      if (part >= 1 && part <= parts) {
        return new Share(part, parts);
      }
    }
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "--share: '" + selection.share + "' is not N/M with N from 1 to M, such as 1/7");
  }

  /** One of several parts of all backups. */
  private record Share(int part, int parts) {
    boolean contains(BackupId id) {
      CRC32 hash = new CRC32();
      hash.update(id.toString().getBytes(StandardCharsets.US_ASCII));
      return hash.getValue() % parts == part - 1;
    }
  }
}
