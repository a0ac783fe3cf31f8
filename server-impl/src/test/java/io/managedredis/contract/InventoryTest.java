package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.RunningService;
import jakarta.ws.rs.core.MediaType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.glassfish.jersey.model.Parameter;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.glassfish.jersey.server.model.ResourceModel;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Jersey really routes, as it says itself once it runs, is what the contract declares. */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InventoryTest {

  private final Contract contract = Contract.present();
  private final List<Route> routes = new ArrayList<>();

  /** One method of one path, as Jersey has it. */
  private record Route(String path, ResourceMethod method) {

    /** Method and path. */
    String request() {
      return method.getHttpMethod() + " " + path;
    }

    @Override
    public String toString() {
      return request() + " answers " + method.getProducedTypes() + " takes " + parameters();
    }

    private List<String> parameters() {
      return method.getInvocable().getParameters().stream()
          .map(parameter -> where(parameter.getSource()) + " " + parameter.getSourceName())
          .toList();
    }

    private static String where(Parameter.Source source) {
      return source.name().toLowerCase(Locale.ROOT);
    }
  }

  /** Told by Jersey when its application has started. */
  private static final class Model implements ApplicationEventListener {
    private final AtomicReference<ResourceModel> told = new AtomicReference<>();

    @Override
    public void onEvent(ApplicationEvent event) {
      if (event.getType() == ApplicationEvent.Type.INITIALIZATION_FINISHED) {
        told.set(event.getResourceModel());
      }
    }

    @Override
    public @Nullable RequestEventListener onRequest(RequestEvent event) {
      return null;
    }
  }

  @BeforeAll
  void ask(@TempDir Path folder) {
    Model model = new Model();
    RunningService.in(folder).component(model).start().close();
    for (Resource resource : Objects.requireNonNull(model.told.get()).getRootResources()) {
      collect("", resource);
    }
  }

  private void collect(String parent, Resource resource) {
    String path = parent + (resource.getPath() == null ? "" : resource.getPath());
    resource.getAllMethods().forEach(method -> routes.add(new Route(path, method)));
    resource.getChildResources().forEach(child -> collect(path, child));
  }

  @Test
  void whatIsRoutedIsDeclaredAndWhatIsDeclaredIsRouted() {
    List<String> declared = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      declared.add(
          operation.method()
              + " "
              + operation.path()
              + " answers "
              + mediaTypes(operation)
              + " takes "
              + operation.parameters().stream().map(p -> p.in() + " " + p.name()).toList());
    }

    assertThat(routes.stream().filter(InventoryTest::isOurs).map(Route::toString))
        .containsExactlyInAnyOrderElementsOf(declared);
  }

  /**
   * Jersey adds an answer to OPTIONS for every path (RFC 9110, 9.3.7). It says what the contract
   * says of the path, through the header Allow alone, and StatusAnswersTest looks at it.
   */
  @Test
  void whatJerseyAddsIsAnAnswerToOptionsForEachDeclaredPath() {
    TreeSet<String> paths = new TreeSet<>();
    contract.operations().forEach(operation -> paths.add("OPTIONS " + operation.path()));

    assertThat(routes.stream().filter(route -> !isOurs(route)).map(Route::request).distinct())
        .containsExactlyInAnyOrderElementsOf(paths);
  }

  /** A regular expression in a path would decide who answers by what the contract does not say. */
  @Test
  void noPathHasAnExpressionOfItsOwn() {
    assertThat(routes).noneMatch(route -> route.path().matches(".*\\{[^}]*:.*"));
  }

  @Test
  void noMethodTakesABody() {
    assertThat(routes.stream().filter(InventoryTest::isOurs))
        .allMatch(route -> route.method().getConsumedTypes().isEmpty());
  }

  @Test
  void theMethodThatAnswersIsTheOneOfTheOperation() {
    for (Route route : routes.stream().filter(InventoryTest::isOurs).toList()) {
      assertThat(
              contract.operations().stream()
                  .filter(o -> (o.method() + " " + o.path()).equals(route.request()))
                  .map(DeclaredOperation::id))
          .containsExactly(route.method().getInvocable().getHandlingMethod().getName());
    }
  }

  private static boolean isOurs(Route route) {
    return !route.method().isExtended();
  }

  /** All media types of an operation's answers, in their order. */
  private List<MediaType> mediaTypes(DeclaredOperation operation) {
    List<MediaType> types = new ArrayList<>();
    for (JsonNode response : operation.responses().values()) {
      response
          .path("content")
          .fieldNames()
          .forEachRemaining(
              name -> {
                MediaType type = MediaType.valueOf(name);
                if (!types.contains(type)) {
                  types.add(type);
                }
              });
    }
    return types;
  }
}
