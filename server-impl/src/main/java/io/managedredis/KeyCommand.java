package io.managedredis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.repository.KeysetException;
import io.managedredis.repository.KeysetFile;
import io.managedredis.repository.KeysetKey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes and changes the file with the keys that encrypt backups. */
@Command(
    name = "key",
    description = {
      "Makes and changes the keyset that encrypts backups: encryption.keysetFile of the"
          + " configuration.",
      "Keep a copy of it apart from the backups: without it they cannot be read, by anybody."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:fine", "1:failed; stderr says why", "2:wrong usage"})
final class KeyCommand {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Command(
      name = "create",
      description =
          "Makes FILE, readable by its owner alone, with one new key, and prints the "
              + "key's id. A FILE that is there is left as it is.",
      mixinStandardHelpOptions = true)
  int create(@Parameters(paramLabel = "FILE", description = "The keyset to make.") Path file) {
    return answer(out -> out.println(new KeysetFile(file).create()));
  }

  @Command(
      name = "rotate",
      description = {
        "Adds a new key to FILE and prints its id. New backups are encrypted with it once the"
            + " server was started again.",
        "The old keys stay, since the old backups need them. Renew your copy of FILE before that."
      },
      mixinStandardHelpOptions = true)
  int rotate(@Parameters(paramLabel = "FILE", description = "The keyset.") Path file) {
    return answer(out -> out.println(new KeysetFile(file).rotate()));
  }

  @Command(
      name = "list",
      description = "Prints the ids of the keys in FILE, never the keys.",
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(paramLabel = "FILE", description = "The keyset.") Path file,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    return answer(
        out -> {
          List<KeysetKey> keys = new KeysetFile(file).keys();
          if (json) {
            out.println(json(keys));
          } else {
            keys.forEach(
                key ->
                    out.println(key.id() + " " + status(key) + (key.primary() ? " primary" : "")));
          }
        });
  }

  /** What a subcommand prints when all is well. */
  private interface Answer {
    void print(PrintWriter out) throws KeysetException;
  }

  private int answer(Answer answer) {
    try {
      answer.print(spec.commandLine().getOut());
      spec.commandLine().getOut().flush();
      return CommandLine.ExitCode.OK;
    } catch (KeysetException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static String json(List<KeysetKey> keys) {
    List<Map<String, Object>> list = keys.stream().map(KeyCommand::fields).toList();
    try {
      return new ObjectMapper().writeValueAsString(Map.of("keys", list));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and truth values are always JSON", e);
    }
  }

  private static Map<String, Object> fields(KeysetKey key) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", key.id());
    fields.put("primary", key.primary());
    fields.put("status", status(key));
    return fields;
  }

  private static String status(KeysetKey key) {
    return key.status().name().toLowerCase(Locale.ROOT);
  }
}
