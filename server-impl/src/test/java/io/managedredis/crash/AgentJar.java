package io.managedredis.crash;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * Makes the agent's jar: {@link StepAgent}, and the classes out of the server's jar through which
 * all durable steps go, woven with calls of it.
 */
public final class AgentJar {
  private AgentJar() {}

  /**
   * Writes an agent for that server.
   *
   * @throws IllegalArgumentException when the server's jar has no such classes
   */
  public static void write(Path jar, Path server) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", StepAgent.class.getName());
    try (JarFile plain = new JarFile(server.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> own : own()) {
        String file = "/" + own.getName().replace('.', '/') + ".class";
        try (InputStream bytes = own.getResourceAsStream(file)) {
          add(out, file, Objects.requireNonNull(bytes).readAllBytes());
        }
      }
      ClassFileLocator classes =
          new ClassFileLocator.Compound(
              new ClassFileLocator.ForJarFile(plain),
              ClassFileLocator.ForClassLoader.ofPlatformLoader());
      add(
          out,
          StepAgent.woven(StepAgent.FILES),
          weave(
              classes,
              StepAgent.FILES,
              Advice.to(BeforeFile.class)
                  .on(ElementMatchers.isPublic().and(ElementMatchers.isMethod())),
              Advice.to(AfterCreate.class).on(ElementMatchers.named("create"))));
      add(
          out,
          StepAgent.woven(StepAgent.DATABASE),
          weave(
              classes,
              StepAgent.DATABASE,
              Advice.to(InTransaction.class).on(ElementMatchers.named("write"))));
    }
  }

  private static List<Class<?>> own() {
    List<Class<?>> own = new ArrayList<>(List.of(StepAgent.class, Verdict.class, Fault.class));
    own.addAll(List.of(StepAgent.class.getDeclaredClasses()));
    return own;
  }

  private static void add(JarOutputStream out, String path, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(path.substring(1)));
    out.write(content);
    out.closeEntry();
  }

  private static byte[] weave(
      ClassFileLocator classes, String className, AsmVisitorWrapper... advices) {
    TypePool types = TypePool.Default.of(classes);
    DynamicType.Builder<?> builder =
        new ByteBuddy().redefine(types.describe(className.replace('/', '.')).resolve(), classes);
    for (AsmVisitorWrapper advice : advices) {
      builder = builder.visit(advice);
    }
    return builder.make().getBytes();
  }

  /** Copied into every method of the files. */
  private static final class BeforeFile {
    @Advice.OnMethodEnter
    static void enter(@Advice.Origin("#m") String method, @Advice.AllArguments Object[] arguments)
        throws IOException {
      StepAgent.beforeFile(method, arguments);
    }
  }

  /** Copied into the one that opens a file. */
  private static final class AfterCreate {
    @Advice.OnMethodExit
    static void exit(@Advice.Argument(0) Path file, @Advice.Return FileChannel channel) {
      StepAgent.created(file, channel);
    }
  }

  /** Copied into the one through which every change of the catalogue goes. */
  private static final class InTransaction {
    @Advice.OnMethodEnter
    @SuppressWarnings("UnusedVariable") // The method that it is copied into goes on with it.
    static void enter(
        @Advice.Argument(0) String what,
        @Advice.Argument(value = 1, readOnly = false) Function<Object, @Nullable Object> change) {
      change = StepAgent.transaction(what, change);
    }
  }
}
