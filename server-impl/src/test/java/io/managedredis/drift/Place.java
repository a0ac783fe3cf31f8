package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where something stands in a body: names, and {@code *} for the elements of an array.
 *
 * @param steps from the root
 */
record Place(List<String> steps) {

  static final Place ROOT = new Place(List.of());
  private static final String ELEMENT = "*";

  /** What stands at one place of one body. */
  interface Slot {

    /** Empty when the object has no such property. */
    Optional<JsonNode> value();

    void set(JsonNode value);

    /** Takes the property away; an element of an array stays. */
    void drop();
  }

  private record Property(ObjectNode object, String name) implements Slot {
    @Override
    public Optional<JsonNode> value() {
      return Optional.ofNullable(object.get(name));
    }

    @Override
    public void set(JsonNode value) {
      object.set(name, value);
    }

    @Override
    public void drop() {
      object.remove(name);
    }
  }

  private record Element(ArrayNode array, int index) implements Slot {
    @Override
    public Optional<JsonNode> value() {
      return Optional.ofNullable(array.get(index));
    }

    @Override
    public void set(JsonNode value) {
      array.set(index, value);
    }

    @Override
    public void drop() {
      array.remove(index);
    }
  }

  Place property(String name) {
    return child(name);
  }

  Place elements() {
    return child(ELEMENT);
  }

  private Place child(String step) {
    List<String> longer = new ArrayList<>(steps);
    longer.add(step);
    return new Place(List.copyOf(longer));
  }

  Place parent() {
    return new Place(steps.subList(0, steps.size() - 1));
  }

  /** The name at its end. */
  String last() {
    return steps.get(steps.size() - 1);
  }

  boolean isRoot() {
    return steps.isEmpty();
  }

  /**
   * Changes one of the places: of several elements the last that can be changed, since the first is
   * what a careless check looks at.
   *
   * @param change answers whether it did
   */
  boolean change(JsonNode root, Predicate<Slot> change) {
    return change(root, 0, change);
  }

  private boolean change(@Nullable JsonNode node, int depth, Predicate<Slot> change) {
    String step = steps.get(depth);
    boolean last = depth == steps.size() - 1;
    if (step.equals(ELEMENT) && node instanceof ArrayNode array) {
      for (int i = array.size() - 1; i >= 0; i--) {
        if (last ? change.test(new Element(array, i)) : change(array.get(i), depth + 1, change)) {
          return true;
        }
      }
      return false;
    }
    if (node instanceof ObjectNode object) {
      return last
          ? change.test(new Property(object, step))
          : change(object.get(step), depth + 1, change);
    }
    return false;
  }

  @Override
  public String toString() {
    return steps.isEmpty() ? "/" : "/" + String.join("/", steps);
  }
}
