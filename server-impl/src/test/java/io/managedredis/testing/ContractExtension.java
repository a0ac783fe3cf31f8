package io.managedredis.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Holds every exchange of every test with the server against the contract, and notes what was seen.
 * It is there for all tests without being named (META-INF/services), and {@code ArchitectureTest}
 * lets only its own clients open a connection to a server, so that no test can talk past it.
 *
 * <p>An exchange that breaks the contract fails the call that made it, and once more the test, in
 * case that the failure got lost in another thread or was taken for an expected one. What a JVM has
 * seen is written into the folder that the system property {@code contract.coverage} names; without
 * it, nothing is. {@code ContractCoverage} adds it all up when the suite is over.
 */
public final class ContractExtension
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

  /** The folder for what was seen. */
  public static final String FOLDER = "contract.coverage";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ContractExtension.class);

  /** The clients are made where no extension can reach them, so the JVM has one of these. */
  private static final Watch WATCH = new Watch();

  /** What an exchange is handed to. */
  private static final class Watch {
    private final ExchangeValidator validator = new ExchangeValidator();
    private final ObjectMapper json = new ObjectMapper();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Queue<AssertionError> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger suspended = new AtomicInteger();

    private void note(DeclaredOperation operation, Exchange exchange) {
      JsonNode body = MissingNode.getInstance();
      if (exchange.hasType("application/json") && !exchange.body().isEmpty()) {
        try {
          body = json.readTree(exchange.body());
        } catch (JsonProcessingException e) {
          throw new AssertionError("the answer is not JSON: " + exchange, e);
        }
      }
      List<String> blamed = new ArrayList<>();
      if (exchange.status() == 400) {
        body.path("details").findValues("field").forEach(field -> blamed.add(field.asText()));
      }
      seen.addAll(Coverage.seen(validator.contract(), operation, exchange, body, blamed));
    }
  }

  /**
   * Takes note of an exchange.
   *
   * @param requestIsBroken whether the request breaks the contract on purpose; then only the answer
   *     is checked
   * @throws AssertionError saying all that is wrong with it
   */
  static void exchanged(Exchange exchange, boolean requestIsBroken) {
    try {
      WATCH.validator.check(exchange, requestIsBroken);
      Optional<DeclaredOperation> operation = WATCH.validator.operation(exchange);
      if (operation.isPresent() && WATCH.suspended.get() == 0) {
        WATCH.note(operation.get(), exchange);
      }
    } catch (AssertionError e) {
      WATCH.failures.add(e);
      throw e;
    }
  }

  /**
   * Notes nothing until the result is closed: for a server that answers wrongly on purpose, whose
   * answers are no coverage. Exchanges are checked all the same.
   */
  public static AutoCloseable suspended() {
    WATCH.suspended.incrementAndGet();
    return WATCH.suspended::decrementAndGet;
  }

  /** The first failure since the last test, which then fails no test any more. */
  public static Optional<AssertionError> takeFailure() {
    Optional<AssertionError> first = Optional.ofNullable(WATCH.failures.poll());
    WATCH.failures.clear();
    return first;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    AutoCloseable unused =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(
                "the end of all tests", key -> ContractExtension::write, AutoCloseable.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    failUnlessFailed(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    failUnlessFailed(context);
  }

  private static void failUnlessFailed(ExtensionContext context) {
    Optional<AssertionError> first = takeFailure();
    if (first.isPresent() && context.getExecutionException().isEmpty()) {
      throw first.get();
    }
  }

  private static void write() throws IOException {
    String folder = System.getProperty(FOLDER);
    if (folder != null) {
      Path file = Path.of(folder, ProcessHandle.current().pid() + ".txt");
      Files.createDirectories(file.getParent());
      Files.write(file, new TreeSet<>(WATCH.seen));
    }
  }
}
