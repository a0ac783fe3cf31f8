package io.managedredis.config;

import java.util.List;

/** The configuration can't be used; every problem that was found is listed. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /** Takes one line for each problem. */
  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line for each problem: where, what, and what is expected. */
  public List<String> problems() {
    return problems;
  }
}
