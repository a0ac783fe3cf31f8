package io.managedredis.contract;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.compare.OpenApiDiffOptions;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.model.ChangedOperation;
import org.openapitools.openapidiff.core.model.Endpoint;

/** What openapi-diff, which others wrote, says of the same two contracts. */
final class SecondOpinion {

  private SecondOpinion() {}

  /** The operationIds of the released contract whose callers break; empty when none does. */
  static Set<String> broken(String released, String present) {
    ChangedOpenApi changes =
        OpenApiCompare.fromContents(
            released,
            present,
            List.of(),
            OpenApiDiffOptions.builder()
                // One more in an answer is read as unknown: the contract announces it.
                .configProperty("incompatible.response.enum.increased", "false")
                .build());
    Set<String> broken = new TreeSet<>();
    for (Endpoint missing : changes.getMissingEndpoints()) {
      broken.add(missing.getOperation().getOperationId());
    }
    for (ChangedOperation operation : changes.getChangedOperations()) {
      if (operation.isIncompatible()) {
        broken.add(operation.getOldOperation().getOperationId());
      }
    }
    return broken;
  }
}
