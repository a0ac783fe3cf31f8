package io.managedredis.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.PathSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.model.Parameter;
import org.glassfish.jersey.server.model.ResourceMethod;

/**
 * Notes which operation answers, and refuses parameters that it does not declare or that are there
 * twice. A parameter that is misspelt and then ignored would list what nobody asked for.
 */
final class DeclaredParametersFilter implements ContainerRequestFilter {

  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+");

  private final Map<ResourceMethod, Map<String, Class<?>>> declared = new ConcurrentHashMap<>();

  @Override
  public void filter(ContainerRequestContext request) {
    ExtendedUriInfo uri = (ExtendedUriInfo) request.getUriInfo();
    ResourceMethod method = uri.getMatchedResourceMethod();
    if (method == null || method.getInvocable().getHandlingMethod() == null || isOptions(request)) {
      return;
    }
    request.setProperty(
        RequestAttributes.OPERATION, method.getInvocable().getHandlingMethod().getName());
    List<ApiException.Violation> violations = new ArrayList<>();
    checkQuery(
        uri.getQueryParameters(),
        declared.computeIfAbsent(method, DeclaredParametersFilter::queryParameters),
        violations);
    boolean matrix = uri.getRequestUri().getRawPath().indexOf(';') >= 0;
    for (PathSegment segment : matrix ? uri.getPathSegments() : List.<PathSegment>of()) {
      for (String name : segment.getMatrixParameters().keySet()) {
        violations.add(
            new ApiException.Violation(
                shown(name), "is no parameter of this call; it takes none in the path"));
      }
    }
    for (Parameter parameter : method.getInvocable().getParameters()) {
      if (parameter.getSource() == Parameter.Source.HEADER
          && request.getHeaders().getOrDefault(parameter.getSourceName(), List.of()).size() > 1) {
        violations.add(new ApiException.Violation(parameter.getSourceName(), "must be there once"));
      }
    }
    if (!violations.isEmpty()) {
      throw ApiException.invalid(violations.subList(0, Math.min(8, violations.size())));
    }
  }

  private static void checkQuery(
      MultivaluedMap<String, String> sent,
      Map<String, Class<?>> known,
      List<ApiException.Violation> violations) {
    sent.forEach(
        (name, values) -> {
          if (!known.containsKey(name)) {
            violations.add(
                new ApiException.Violation(
                    shown(name),
                    known.isEmpty()
                        ? "is no parameter of this call; it takes none in the query"
                        : "is no parameter of this call; it takes "
                            + String.join(", ", known.keySet())));
          } else if (values.size() > 1) {
            violations.add(new ApiException.Violation(name, "must be there once"));
          } else if (known.get(name) != String.class && !DECIMAL.matcher(values.get(0)).matches()) {
            // Jersey would take an empty one as not sent, and read digits of any script.
            throw ErrorMappers.UnreadableParameter.notANumber(name, values.get(0));
          }
        });
  }

  private static boolean isOptions(ContainerRequestContext request) {
    return "OPTIONS".equals(request.getMethod());
  }

  private static String shown(String name) {
    String quoted = Statuses.quoted(name);
    return quoted.substring(1, quoted.length() - 1);
  }

  private static Map<String, Class<?>> queryParameters(ResourceMethod method) {
    Map<String, Class<?>> names = new TreeMap<>();
    for (Parameter parameter : method.getInvocable().getParameters()) {
      if (parameter.getSource() == Parameter.Source.QUERY) {
        names.put(parameter.getSourceName(), parameter.getRawType());
      }
    }
    return names;
  }
}
