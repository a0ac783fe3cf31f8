package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Operations that contradict themselves, and changes that are not safe to repeat. */
final class OperationDrifts {

  private static final String FAMILY = "operation";
  private static final String DONE = "done";

  private final DeclaredOperation operation;
  private final Place place;
  private final JsonNode schema;
  private final Contract contract;
  private final List<Drift> drifts = new ArrayList<>();

  private OperationDrifts(
      Contract contract, DeclaredOperation operation, Place place, JsonNode schema) {
    this.contract = contract;
    this.operation = operation;
    this.place = place;
    this.schema = schema;
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      JsonNode body =
          contract.resolved(
              operation.response(200).orElseThrow().at("/content/application~1json/schema"));
      if (isOperation(body)) {
        all.addAll(new OperationDrifts(contract, operation, Place.ROOT, body).all());
      }
      body.path("properties")
          .fields()
          .forEachRemaining(
              property -> {
                JsonNode items =
                    contract.resolved(contract.resolved(property.getValue()).path("items"));
                if (isOperation(items)) {
                  all.addAll(
                      new OperationDrifts(
                              contract,
                              operation,
                              Place.ROOT.property(property.getKey()).elements(),
                              items)
                          .all());
                }
              });
      operation.parameter("Idempotency-Key").ifPresent(key -> all.add(reused(operation, key)));
    }
    return all;
  }

  private static boolean isOperation(JsonNode schema) {
    JsonNode properties = schema.path("properties");
    return properties.has(DONE) && properties.has("error") && properties.has("response");
  }

  private List<Drift> all() {
    ofDone(
        "done has neither error nor response",
        one -> one.remove(List.of("error", "response")) != null);
    ofDone(
        "done has both error and response",
        one -> put(one, one.has("error") ? "response" : "error"));
    change(
        "one that is not done has a response",
        one -> !one.path(DONE).asBoolean() && put(one, "response"));
    ofDone("done says that it is not", one -> one.put(DONE, false) != null);
    change("the metadata is of another @type", one -> retype(one, "metadata"));
    change("the response is of another @type", one -> retype(one, "response"));
    change(
        "it was changed before it was started",
        one -> one.put("modifiedAt", "2001-01-01T00:00:00Z") != null);
    change("its id is another one", one -> one.put("id", "a".repeat(20)) != null);
    return drifts;
  }

  private boolean put(ObjectNode one, String name) {
    one.set(name, Samples.of(contract, schema.path("properties").path(name)));
    return true;
  }

  private static boolean retype(ObjectNode one, String name) {
    return one.path(name) instanceof ObjectNode any
        && any.put("@type", "type.googleapis.com/yandex.cloud.mdb.redis.v1.UpdateClusterMetadata")
            != null;
  }

  private void ofDone(String words, Predicate<ObjectNode> change) {
    change(words, one -> one.path(DONE).asBoolean() && change.test(one));
  }

  private void change(String words, Predicate<ObjectNode> change) {
    drifts.add(
        Drift.ofAnswers(
            FAMILY,
            operation.id(),
            200,
            words,
            new Injection() {
              @Override
              public boolean onAnswer(Outgoing answer) {
                Optional<JsonNode> body = answer.body();
                boolean changed = body.isPresent() && changed(body.get(), change);
                if (changed) {
                  answer.body(body.get());
                }
                return changed;
              }
            }));
  }

  private boolean changed(JsonNode body, Predicate<ObjectNode> change) {
    if (place.isRoot()) {
      return body instanceof ObjectNode one && change.test(one);
    }
    return place.change(
        body, slot -> slot.value().orElse(null) instanceof ObjectNode one && change.test(one));
  }

  /** The other change may be another operation's, so only the refusal tells. */
  private static Drift reused(DeclaredOperation operation, Parameter key) {
    return Drift.ofAnswers(
        FAMILY,
        operation.id(),
        400,
        "a " + key.name() + " that belongs to another change is taken as if it were new",
        new Injection() {
          @Override
          public boolean onAnswer(Outgoing answer) {
            boolean refused =
                answer
                    .body()
                    .map(body -> body.toString().contains("was used for another change"))
                    .orElse(false);
            if (refused) {
              answer.status(409);
            }
            return refused;
          }
        });
  }
}
