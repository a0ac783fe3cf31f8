package io.managedredis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.backup.BackupFailedException;
import io.managedredis.backup.BackupVerifier;
import io.managedredis.capture.Cancellation;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Finding;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import io.managedredis.repository.Verification;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    @Parameters(
        paramLabel = "BACKUP",
        arity = "0..*",
        converter = DataOptions.BackupIdConverter.class,
        description = "Ids of backups.")
    private List<BackupId> ids = List.of();

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
  public Integer call() throws InterruptedException {
    Share share = share();
    return data.run(
        settings -> {
          try (StoredBackups backups = DataOptions.backups(settings)) {
            return verify(backups, selection.ids.isEmpty() ? find(backups, share) : selection.ids);
          }
        });
  }

  private int verify(StoredBackups backups, List<BackupId> wanted) {
    PrintWriter err = spec.commandLine().getErr();
    BackupVerifier verifier = new BackupVerifier(backups);
    ProgressDisplay display = new ProgressDisplay(err, ProgressDisplay.onTerminal());
    int intact = 0;
    for (BackupId id : wanted) {
      intact += verify(backups, verifier, id, display) == Result.INTACT ? 1 : 0;
    }
    if (!json) {
      err.println(
          wanted.isEmpty()
              ? "There is no backup to verify"
              : intact + " of " + wanted.size() + " backups are intact");
    }
    return intact == wanted.size() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
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
      Result result = verification.damaged() ? Result.DAMAGED : Result.INTACT;
      print(id, result, BackupVerifier.trouble(verification), verification);
      return result;
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

  private void print(
      BackupId id, Result result, String trouble, @Nullable Verification verification) {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.println(
          id
              + "  "
              + result.name().toLowerCase(Locale.ROOT)
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
          shard.proof().findings().forEach((name, finding) -> put(proof, name, finding));
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
