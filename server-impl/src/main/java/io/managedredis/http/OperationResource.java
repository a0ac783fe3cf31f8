package io.managedredis.http;

import io.managedredis.api.OperationApi;
import io.managedredis.api.model.Operation;
import io.managedredis.operation.Operations;

/** Reading operations. */
public final class OperationResource implements OperationApi {

  private final Operations operations;
  private final StartedOperations started;

  OperationResource(Operations operations, StartedOperations started) {
    this.operations = operations;
    this.started = started;
  }

  @Override
  public Operation getOperation(String operationId) {
    return operations
        .find(operationId)
        .map(started::wire)
        .orElseThrow(() -> ApiException.notFound("Operation", operationId));
  }
}
