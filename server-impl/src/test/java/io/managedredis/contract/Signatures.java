package io.managedredis.contract;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the generator made of the contract, as text: everything that somebody can call or implement,
 * with the annotations that tell paths, media types and limits. In a fixed order, so that two of
 * them differ only where the generated code does.
 */
final class Signatures {

  private static final Set<String> OF_OBJECT = Set.of("equals", "hashCode", "toString");

  private final List<String> lines = new ArrayList<>();

  private Signatures() {}

  /**
   * The text for all classes below a folder of generated sources.
   *
   * @throws IllegalStateException when one of them is not on the class path
   */
  static String of(Path sources) throws IOException {
    Signatures signatures = new Signatures();
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .map(file -> sources.relativize(file).toString())
          .filter(file -> file.endsWith(".java"))
          .map(file -> file.replaceFirst("\\.java$", "").replaceAll("[/\\\\]", "."))
          .sorted()
          .forEach(signatures::add);
    }
    return String.join("\n", signatures.lines) + "\n";
  }

  private void add(String name) {
    try {
      add(Class.forName(name));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("generated, but not on the class path: " + name, e);
    }
  }

  private void add(Class<?> type) {
    lines.add((lines.isEmpty() ? "" : "\n") + kind(type) + " " + type.getName());
    annotations(type).forEach(annotation -> lines.add("  " + annotation));
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        lines.add("  " + ((Enum<?>) constant).name() + " = " + constant);
      }
    }
    Stream.of(type.getDeclaredConstructors())
        .filter(constructor -> Modifier.isPublic(constructor.getModifiers()))
        .sorted(Comparator.comparing(Constructor::toString))
        .forEach(constructor -> add("new", constructor, ""));
    List<Method> methods =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> !method.isSynthetic() && !OF_OBJECT.contains(method.getName()))
            .sorted(
                Comparator.comparing(Method::getName)
                    .thenComparing(Method::getParameterCount)
                    .thenComparing(Method::toString))
            .collect(Collectors.toCollection(ArrayList::new));
    for (Property property : Property.of(methods)) {
      lines.add("  " + property);
      annotations(property.getter()).forEach(annotation -> lines.add("    " + annotation));
      methods.removeAll(property.methods());
    }
    for (Method method : methods) {
      add(method.getName(), method, " -> " + shown(method.getGenericReturnType()));
    }
    Stream.of(type.getDeclaredClasses())
        .filter(nested -> Modifier.isPublic(nested.getModifiers()))
        .sorted(Comparator.comparing(Class::getName))
        .forEach(this::add);
  }

  private static String kind(Class<?> type) {
    return type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
  }

  private void add(String name, Executable executable, String result) {
    lines.add("  " + name + (executable.getParameterCount() == 0 ? "()" + result : ""));
    annotations(executable).forEach(annotation -> lines.add("    " + annotation));
    Parameter[] parameters = executable.getParameters();
    Type[] types = executable.getGenericParameterTypes();
    for (int i = 0; i < parameters.length; i++) {
      String annotations =
          annotations(parameters[i]).stream().map(a -> a + " ").collect(Collectors.joining());
      // A constructor of an enum or an inner class has parameters that its source has not.
      Type shown = types.length == parameters.length ? types[i] : parameters[i].getType();
      lines.add("    (" + annotations + shown(shown) + " " + parameters[i].getName() + ")");
    }
    if (parameters.length > 0 && !result.isEmpty()) {
      lines.add("   " + result);
    }
  }

  private static List<String> annotations(AnnotatedElement element) {
    return Arrays.stream(element.getDeclaredAnnotations()).map(Signatures::shown).sorted().toList();
  }

  /** With the values that are not the default ones. */
  private static String shown(Annotation annotation) {
    Set<String> values = new TreeSet<>();
    for (Method member : annotation.annotationType().getDeclaredMethods()) {
      try {
        Object value = member.invoke(annotation);
        String shown = shownValue(value);
        if (!shown.equals(shownValue(member.getDefaultValue()))) {
          values.add(member.getName().equals("value") ? shown : member.getName() + "=" + shown);
        }
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("can't read " + annotation, e);
      }
    }
    String name = "@" + annotation.annotationType().getSimpleName();
    return values.isEmpty() ? name : name + "(" + String.join(", ", values) + ")";
  }

  private static String shownValue(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Annotation annotation) {
      return shown(annotation);
    }
    if (value instanceof Class<?> type) {
      return type.getSimpleName();
    }
    if (!value.getClass().isArray()) {
      return value instanceof String ? "\"" + value + "\"" : value.toString();
    }
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(value); i++) {
      elements.add(shownValue(Array.get(value, i)));
    }
    return "{" + String.join(", ", elements) + "}";
  }

  /** Without the names of packages. */
  static String shown(Type type) {
    return type.getTypeName().replaceAll("\\b([a-z][a-z0-9_]*\\.)+(?=[A-Z])", "");
  }

  /** What a model has three methods for: get, set, and one that sets and answers the model. */
  private record Property(String name, Method getter, List<Method> methods) {

    static List<Property> of(List<Method> methods) {
      List<Property> properties = new ArrayList<>();
      for (Method getter : methods) {
        if (getter.getName().matches("get[A-Z].*") && getter.getParameterCount() == 0) {
          String capital = getter.getName().substring(3);
          List<Method> all = new ArrayList<>(List.of(getter));
          for (Method other : methods) {
            boolean sets =
                other.getParameterCount() == 1
                    && other.getGenericParameterTypes()[0].equals(getter.getGenericReturnType());
            boolean isSetter = other.getName().equals("set" + capital);
            boolean isFluent =
                other.getName().equalsIgnoreCase(capital)
                    && other.getReturnType() == getter.getDeclaringClass();
            if (sets && (isSetter || isFluent)) {
              all.add(other);
            }
          }
          if (all.size() == 3) {
            String name =
                all.stream()
                    .map(Method::getName)
                    .filter(each -> each.equalsIgnoreCase(capital))
                    .findFirst()
                    .orElse(capital);
            properties.add(new Property(name, getter, all));
          }
        }
      }
      return properties;
    }

    @Override
    public String toString() {
      return name + ": " + shown(getter.getGenericReturnType());
    }
  }
}
