package io.managedredis.http;

import io.managedredis.api.OperationApi;
import io.managedredis.api.model.Operation;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.operation.Operations;

/** Reading operations. */
public final class OperationResource implements OperationApi {

  private final Operations operations;
  private final StartedOperations started;
  private final CurrentCall call;

  OperationResource(Operations operations, StartedOperations started, CurrentCall call) {
    this.operations = operations;
    this.started = started;
    this.call = call;
  }

  @Override
  public Operation getOperation(String operationId) {
    return started.wire(
        call.allowed(
            operations.find(operationId),
            OperationEntry::folderId,
            () -> ApiException.notFound("Operation", operationId)));
  }
}
