package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Our rules for a contract. There is no way to leave one out: a place that a rule does not hold for
 * is said in the rule.
 */
final class Lint {

  private final Contract contract;
  private final List<String> findings = new ArrayList<>();

  private Lint(Contract contract) {
    this.contract = contract;
  }

  /** All that is against the rules, each with its place; empty when nothing is. */
  static List<String> findings(Contract contract) {
    Lint lint = new Lint(contract);
    new OperationRules(lint).check();
    new AnswerRules(lint).check();
    new ComponentRules(lint).check();
    new SchemaRules(lint).check();
    new ExtensionRules(lint).check();
    return List.copyOf(lint.findings);
  }

  /** The contract that is looked at. */
  Contract contract() {
    return contract;
  }

  /** What the contract has under this name in its components. */
  JsonNode components(String kind) {
    return contract.document().path("components").path(kind);
  }

  /** Every operation as it is written, without references resolved. */
  List<Written> operations() {
    List<Written> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : contract.document().path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        operations.add(new Written(path.getKey(), method.getKey(), method.getValue()));
      }
    }
    return operations;
  }

  /** Notes that something is against a rule unless it holds. */
  void require(boolean holds, String where, String rule) {
    if (!holds) {
      findings.add(where + ": " + rule);
    }
  }

  /**
   * An operation as it is written.
   *
   * @param method lower case, as in the contract
   */
  record Written(String path, String method, JsonNode node) {

    /** Whether it may change something on the server. */
    boolean changes() {
      return !method.equals("get");
    }

    /** Its operationId, or its place when it has none. */
    String name() {
      return node.path("operationId").asText(method + " " + path);
    }
  }
}
