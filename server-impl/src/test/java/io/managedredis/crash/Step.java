package io.managedredis.crash;

import java.nio.file.Path;
import java.util.Locale;

/**
 * A durable step of a scenario, named so that it is the same in every run.
 *
 * @param name with ids, shards' names and what is random left out
 * @param occurrence how many steps of that name there were so far, with this one
 */
public record Step(String name, int occurrence) {

  /** The name of what the agent reports. */
  static String name(Path repository, String kind, String target) {
    if (kind.equals("commit")) {
      return kind + " \"" + target.replaceFirst(" (operation|backup) \\S+$", " $1") + '"';
    }
    String[] paths = target.split("\t", -1);
    String first = place(repository.relativize(Path.of(paths[0])));
    return switch (kind) {
      case "createDirectory" -> "mkdir " + first;
      case "force", "forceDirectory" -> "fsync " + first;
      case "rename" -> "rename " + first + " to " + Path.of(paths[1]).getFileName();
      default -> kind.toLowerCase(Locale.ROOT) + " " + first;
    };
  }

  private static String place(Path inside) {
    if (inside.toString().isEmpty()) {
      return "repository/";
    }
    return switch (inside.getNameCount()) {
      case 1 -> "<cluster>/";
      case 2 -> "<cluster>/<backup>/";
      default -> {
        String file = inside.getFileName().toString();
        yield file.endsWith(".rdb.zst")
            ? "<shard>.rdb.zst"
            : file.replaceFirst("^(verification\\.json)\\.[0-9a-f]{32}\\.tmp$", "$1.<random>.tmp");
      }
    };
  }

  @Override
  public String toString() {
    return "`" + name + "`" + (occurrence == 1 ? "" : ", again");
  }
}
