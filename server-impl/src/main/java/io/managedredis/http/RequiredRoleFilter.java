package io.managedredis.http;

import io.managedredis.access.Role;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.Map;

/** Notes which role the operation that answers needs; the contract says it. */
final class RequiredRoleFilter implements ContainerRequestFilter {

  private final Map<String, Role> roles;
  private final CurrentCall call;

  /**
   * Notes the roles of these operations.
   *
   * @param roles by operationId
   */
  RequiredRoleFilter(Map<String, Role> roles, CurrentCall call) {
    this.roles = Map.copyOf(roles);
    this.call = call;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getProperty(RequestAttributes.OPERATION) instanceof String operation) {
      Role role = roles.get(operation);
      if (role == null) {
        throw new IllegalStateException("the contract names no role for " + operation);
      }
      call.needs(role);
    }
  }
}
