package io.managedredis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.Grant;
import io.managedredis.access.NewToken;
import io.managedredis.access.Role;
import io.managedredis.access.TokenEntry;
import io.managedredis.access.TokenFileException;
import io.managedredis.access.TokenStore;
import io.managedredis.config.ConfigException;
import io.managedredis.config.ConfigReader;
import io.managedredis.config.ServiceConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes, lists and revokes the tokens that callers prove with who they are. */
@Command(
    name = "token",
    description = {
      "Makes, lists and revokes tokens, in the file that auth.tokens of the configuration names.",
      "It has their hashes only. A running server takes a change over within 5 seconds."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:fine",
      "1:failed; stderr says why",
      "2:wrong usage or configuration; every problem is listed"
    })
final class TokenCommand {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** What a token may do where. */
  static final class GrantOptions {
    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        converter = RoleConverter.class,
        description = {
          "viewer: get and list. editor: also take, verify and delete. restorer: what a viewer may,"
              + " and download. admin: everything.",
          "Again, with folders of its own, for another role."
        })
    private Role role = Role.VIEWER;

    @Option(
        names = "--folder",
        paramLabel = "ID",
        required = true,
        description = "Where. Any number of times; '*' is every folder.")
    private List<String> folders = new ArrayList<>();

    List<Grant> grants() {
      return folders.stream().map(folder -> new Grant(role, folder)).toList();
    }
  }

  @Command(
      name = "create",
      description = {
        "Makes a token and prints it on stdout: once, it can't be had again.",
        "Makes the file of tokens, readable by its owner alone, when there is none."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Option(
              names = "--config",
              paramLabel = "FILE",
              required = true,
              description = "The configuration, in YAML.")
          Path config,
      @Option(
              names = "--subject",
              paramLabel = "NAME",
              required = true,
              description = "Whose token it is; operations and the audit log name them so.")
          String subject,
      @ArgGroup(exclusive = false, multiplicity = "1..*") List<GrantOptions> roles,
      @Option(
              names = "--expires-in",
              paramLabel = "TIME",
              converter = LifetimeConverter.class,
              description = "How long it is taken, such as 12h or 90d; for ever without this.")
          @Nullable Duration lifetime) {
    return answer(
        config,
        (settings, store) -> {
          List<Grant> grants = roles.stream().flatMap(role -> role.grants().stream()).toList();
          print(created(store, subject, grants, lifetime), settings);
          return CommandLine.ExitCode.OK;
        });
  }

  @Command(
      name = "list",
      description = "Prints what is known of each token: never the token.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(
              names = "--config",
              paramLabel = "FILE",
              required = true,
              description = "The configuration, in YAML.")
          Path config,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    return answer(
        config,
        (settings, store) -> {
          List<TokenEntry> entries = store.entries();
          PrintWriter out = spec.commandLine().getOut();
          if (json) {
            out.println(json(entries));
          } else {
            entries.forEach(entry -> out.println(line(entry)));
          }
          out.flush();
          return CommandLine.ExitCode.OK;
        });
  }

  @Command(
      name = "revoke",
      description = "Takes tokens out of the file; nobody is let in with them any more.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Option(
              names = "--config",
              paramLabel = "FILE",
              required = true,
              description = "The configuration, in YAML.")
          Path config,
      @Parameters(
              paramLabel = "ID",
              arity = "1..*",
              description = "The ids of the tokens, as list prints them; all or none are revoked.")
          Set<String> ids) {
    return answer(
        config,
        (settings, store) -> {
          store.revoke(ids);
          return CommandLine.ExitCode.OK;
        });
  }

  /** What a subcommand does with the file of tokens; answers the exit status. */
  private interface Answer {
    int with(ServiceConfig settings, TokenStore store) throws TokenFileException;
  }

  private int answer(Path config, Answer answer) {
    PrintWriter err = spec.commandLine().getErr();
    try {
      ServiceConfig settings = ConfigReader.read(config, System.getenv());
      Path file = settings.access().tokensFile();
      if (file == null) {
        err.println(
            config + " names no file of tokens. Add it, for example: auth: {tokens: tokens.txt}");
        return CommandLine.ExitCode.USAGE;
      }
      return answer.with(settings, new TokenStore(file));
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return CommandLine.ExitCode.USAGE;
    } catch (TokenFileException e) {
      err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private NewToken created(
      TokenStore store, String subject, List<Grant> grants, @Nullable Duration lifetime)
      throws TokenFileException {
    try {
      return store.create(subject, grants, lifetime);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "No token was made: " + e.getMessage(), e);
    }
  }

  private void print(NewToken token, ServiceConfig settings) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    out.println(token.token());
    out.flush();
    err.println(
        "Token "
            + token.entry().id()
            + (token.entry().expiresAt() == null
                ? " does not expire"
                : " expires at " + token.entry().expiresAt())
            + ". Keep it where only "
            + token.entry().subject()
            + " reads it: it can't be shown again");
    for (String folder : withoutCluster(token.entry(), settings)) {
      err.println("No declared cluster is in folder " + folder + "; is it spelt right?");
    }
  }

  private static List<String> withoutCluster(TokenEntry entry, ServiceConfig settings) {
    return entry.grants().stream()
        .map(Grant::folderId)
        .distinct()
        .filter(folder -> !folder.equals(Grant.ANY_FOLDER))
        .filter(
            folder ->
                settings.clusters().stream()
                    .noneMatch(cluster -> cluster.folderId().equals(folder)))
        .toList();
  }

  private static String line(TokenEntry entry) {
    String grants =
        entry.grants().stream()
            .map(grant -> grant.role() + "@" + grant.folderId())
            .collect(Collectors.joining(","));
    Instant expiry = entry.expiresAt();
    String expires =
        expiry == null
            ? "never expires"
            : (entry.isExpired(Instant.now()) ? "expired " : "expires ") + expiry;
    return String.join(
        "  ", entry.id(), "created " + entry.createdAt(), expires, grants, entry.subject());
  }

  private static String json(List<TokenEntry> entries) {
    Instant now = Instant.now();
    List<Map<String, Object>> list = entries.stream().map(entry -> fields(entry, now)).toList();
    try {
      return new ObjectMapper().writeValueAsString(Map.of("tokens", list));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and truth values are always JSON", e);
    }
  }

  private static Map<String, Object> fields(TokenEntry entry, Instant now) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", entry.id());
    fields.put("subject", entry.subject());
    List<Map<String, String>> grants = new ArrayList<>();
    for (Grant grant : entry.grants()) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("role", grant.role().toString());
      one.put("folderId", grant.folderId());
      grants.add(one);
    }
    fields.put("grants", grants);
    fields.put("createdAt", entry.createdAt().toString());
    if (entry.expiresAt() != null) {
      fields.put("expiresAt", entry.expiresAt().toString());
    }
    fields.put("expired", entry.isExpired(now));
    return fields;
  }

  /** Reads a role off the command line. */
  static final class RoleConverter implements CommandLine.ITypeConverter<Role> {
    @Override
    public Role convert(String text) {
      return Role.named(text)
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "'" + text + "' is none of viewer, editor, restorer and admin"));
    }
  }

  /** Reads how long a token is taken off the command line: up to ten years. */
  static final class LifetimeConverter implements CommandLine.ITypeConverter<Duration> {
    private static final Pattern SHAPE = Pattern.compile("([1-9][0-9]{0,7})([smhd])");
    private static final Duration LONGEST = Duration.ofDays(3650);

    @Override
    public Duration convert(String text) {
      Matcher matcher = SHAPE.matcher(text);
      if (matcher.matches()) {
        long count = Long.parseLong(matcher.group(1));
        Duration lifetime =
            switch (matcher.group(2)) {
              case "s" -> Duration.ofSeconds(count);
              case "m" -> Duration.ofMinutes(count);
              case "h" -> Duration.ofHours(count);
              default -> Duration.ofDays(count);
            };
        if (lifetime.compareTo(LONGEST) <= 0) {
          return lifetime;
        }
      }
      throw new CommandLine.TypeConversionException(
          "'" + text + "' is not a time up to 3650d such as 30m, 12h or 90d");
    }
  }
}
