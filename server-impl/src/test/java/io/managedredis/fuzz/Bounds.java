package io.managedredis.fuzz;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * How long to go on, and where to begin: {@code -Dfuzz.tries=100000} tries more than a build does,
 * {@code -Dfuzz.seed=...} repeats what failed.
 */
final class Bounds implements AroundPropertyHook {

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    Integer tries = Integer.getInteger("fuzz.tries");
    if (tries != null) {
      context.attributes().setTries(tries);
    }
    String seed = System.getProperty("fuzz.seed");
    if (seed != null) {
      context.attributes().setSeed(seed);
    }
    PropertyExecutionResult result = property.execute();
    String used = result.seed().orElse("");
    context.reporter().publishValue("seed", used);
    return result
        .throwable()
        .map(
            cause ->
                result.mapToFailed(
                    new AssertionError(
                        "with seed "
                            + used
                            + ", repeat with -Dfuzz.seed="
                            + used
                            + ":\n"
                            + cause.getMessage(),
                        cause)))
        .orElse(result);
  }
}
