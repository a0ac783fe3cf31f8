package io.managedredis.http;

import io.managedredis.access.Role;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notes which operation answers, and which role that needs: the contract says it. What may change
 * something is put on record.
 */
final class RequiredRoleFilter implements ContainerRequestFilter {

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final List<String> IDS =
      List.of("clusterId", "backupId", "shardName", "operationId");

  private final Map<String, Role> roles;
  private final CurrentCall call;
  private final CallRecords records;

  /**
   * Notes the roles of these operations.
   *
   * @param roles by operationId
   */
  RequiredRoleFilter(Map<String, Role> roles, CurrentCall call, CallRecords records) {
    this.roles = Map.copyOf(roles);
    this.call = call;
    this.records = records;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getProperty(RequestAttributes.OPERATION) instanceof String operation) {
      Role role = roles.get(operation);
      if (role == null) {
        throw new IllegalStateException("the contract names no role for " + operation);
      }
      CurrentCall.Call routed = call.routed(operation, () -> resource(request.getUriInfo()), role);
      if (!READING.contains(request.getMethod())) {
        call.changing(records.changing(routed));
      }
    }
  }

  /** The ids in the path, the larger thing first; null when there is none. */
  private static @Nullable String resource(UriInfo uri) {
    MultivaluedMap<String, String> ids = uri.getPathParameters();
    String resource =
        IDS.stream().map(ids::getFirst).filter(Objects::nonNull).collect(Collectors.joining("/"));
    return resource.isEmpty() ? null : resource;
  }
}
