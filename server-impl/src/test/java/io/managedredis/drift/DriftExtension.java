package io.managedredis.drift;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Hands each test to the round of a mutation run. It is there for all tests without being named
 * (META-INF/services), and does nothing outside of a mutation run.
 */
public final class DriftExtension implements InvocationInterceptor {

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> test,
      ExtensionContext context)
      throws Throwable {
    intercept(invocation, test, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> test,
      ExtensionContext context)
      throws Throwable {
    intercept(invocation, test, context);
  }

  private static void intercept(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> test,
      ExtensionContext context)
      throws Throwable {
    Optional<Round> round = DriftControl.OF_THIS_JVM.round();
    if (round.isEmpty()) {
      invocation.proceed();
      return;
    }
    invocation.skip();
    Method method = test.getExecutable();
    method.setAccessible(true);
    round
        .get()
        .run(
            context.getUniqueId(),
            test.getTargetClass().getSimpleName()
                + "."
                + method.getName()
                + " "
                + context.getDisplayName(),
            () -> {
              try {
                method.invoke(test.getTarget().orElse(null), test.getArguments().toArray());
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
