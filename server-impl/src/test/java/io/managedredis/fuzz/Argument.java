package io.managedredis.fuzz;

import io.managedredis.testing.Contract.Parameter;

/**
 * What is sent for a parameter.
 *
 * @param known which of the values that the server has shown is sent; negative for none of them
 * @param text what is sent otherwise
 */
record Argument(Parameter parameter, int known, String text) {

  static Argument of(Parameter parameter, String text) {
    return new Argument(parameter, -1, text);
  }

  /** What is sent to a server that has shown these. */
  String value(KnownValues values) {
    return known < 0 ? text : values.of(parameter, known).orElse(text);
  }

  @Override
  public String toString() {
    return parameter.name() + "=" + text + (known < 0 ? "" : " or known " + known);
  }
}
