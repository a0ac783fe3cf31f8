package io.managedredis;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.managedredis.crash.StepAgent;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RespClient;
import io.managedredis.testing.ValidatingHttpClient;
import java.net.Socket;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows of the house: who may know whom. */
class ArchitectureTest {
  private static final String ROOT = "io.managedredis";
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

  /** Each package with those of ours that it may know. */
  @ParameterizedTest
  @CsvSource({
    "tls, ",
    "cluster, tls",
    "rdb, ",
    "catalog, ",
    "repository, ",
    "access, ",
    "capture, rdb;tls",
    "operation, catalog",
    "backup, capture;rdb;repository;catalog;cluster",
    "http, api;access;operation;backup;cluster;capture;rdb;repository;catalog;tls",
    "config, cluster;access;http;tls"
  })
  void arrowsPointDownwardsOnly(String name, @Nullable String known) {
    TreeSet<String> allowed = new TreeSet<>();
    allowed.add(inside(name));
    if (known != null) {
      Arrays.stream(known.split(";", -1)).map(ArchitectureTest::inside).forEach(allowed::add);
    }
    DescribedPredicate<JavaClass> others =
        resideInAPackage(ROOT + "..")
            .and(DescribedPredicate.not(resideInAnyPackage(allowed.toArray(String[]::new))))
            .as("others of ours than %s", allowed);
    noClasses()
        .that()
        .resideInAPackage(inside(name))
        .should()
        .dependOnClassesThat(others)
        .check(MAIN);
  }

  @Test
  void everyPackageOfOursHasItsRule() {
    assertThat(
            MAIN.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT) && !name.startsWith(ROOT + ".api"))
                .map(name -> name.substring(ROOT.length() + 1))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "tls",
            "cluster",
            "rdb",
            "catalog",
            "repository",
            "access",
            "capture",
            "operation",
            "backup",
            "http",
            "config");
  }

  @Test
  void nobodyKnowsTheRootButItself() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(MAIN);
  }

  @Test
  void packagesKnowEachOtherInNoCircle() {
    SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void onlyHttpKnowsTheWireModels() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".api..")
        .check(MAIN);
  }

  @Test
  void onlyHttpKnowsHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.ws.rs..", "org.glassfish..")
        .check(MAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Path",
        "GET",
        "POST",
        "PUT",
        "DELETE",
        "PATCH",
        "HEAD",
        "OPTIONS",
        "QueryParam",
        "PathParam",
        "HeaderParam",
        "CookieParam",
        "FormParam",
        "DefaultValue",
        "Produces",
        "Consumes"
      })
  void routesComeFromTheContractAlone(String annotation) {
    String type = "jakarta.ws.rs." + annotation;
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".api..")
        .should()
        .beAnnotatedWith(type)
        .check(MAIN);
    noCodeUnits()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(ROOT + ".api..")
        .should()
        .beAnnotatedWith(type)
        .orShould(
            ArchCondition.from(
                DescribedPredicate.describe(
                    "have a parameter annotated with @" + annotation,
                    (JavaCodeUnit unit) ->
                        unit.getParameters().stream().anyMatch(p -> p.isAnnotatedWith(type)))))
        .check(MAIN);
  }

  @Test
  void namesAreTheFieldsOwn() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".api..")
        .should()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .check(MAIN);
  }

  /** Main alone routes what libraries log there; it says so by its import of LogManager. */
  @Test
  void logsGoThroughSlf4j() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".Main")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .check(MAIN);
  }

  @Test
  void nothingPrints() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MAIN);
  }

  @Test
  void thereIsNoStaticMutableState() {
    fields()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(ROOT + ".api..")
        .and()
        .areStatic()
        .should()
        .beFinal()
        .check(MAIN);
  }

  @Test
  void optionalIsAnAnswerAndNeverAField() {
    fields().should().notHaveRawType(java.util.Optional.class).check(MAIN);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .that()
        .resideOutsideOfPackage(ROOT + ".api..")
        .should(
            ArchConditions.be(
                DescribedPredicate.describe(
                    "in a package marked @NullMarked",
                    (JavaClass c) -> c.getPackage().isAnnotatedWith(NullMarked.class))))
        .check(MAIN);
  }

  @Test
  void nothingButMainEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(MAIN);
  }

  @Test
  void nothingSleeps() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(MAIN);
  }

  /**
   * Who talks to a server in a test does it through the clients that hold every exchange against
   * the contract: ValidatingHttpClient and RawHttp. The others speak to Redis, to an agent, or to a
   * server that looks newer than the contract on purpose; a benchmark only counts; the clients of
   * released contracts are given the ValidatingHttpClient.
   */
  @Test
  void noTestTalksToTheServerPastTheContract() {
    JavaClasses tests =
        new ClassFileImporter()
            .importUrl(ArchitectureTest.class.getProtectionDomain().getCodeSource().getLocation());
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + ".bench..", ROOT + ".capture..", ROOT + ".client..", ROOT + ".languages..")
        .and(
            DescribedPredicate.not(
                belongToAnyOf(
                    ValidatingHttpClient.class,
                    RawHttp.class,
                    RespClient.class,
                    FaultProxy.class,
                    LanguagesIT.class,
                    // Of the build, before there are tests.
                    ClassArchive.class,
                    StepAgent.class)))
        .should()
        .callConstructorWhere(
            JavaCall.Predicates.target(
                HasOwner.Predicates.With.owner(JavaClass.Predicates.assignableTo(Socket.class))))
        .orShould()
        .callMethod(HttpClient.class, "newHttpClient")
        .orShould()
        .callMethod(HttpClient.class, "newBuilder")
        .orShould()
        .callMethod(URL.class, "openStream")
        .orShould()
        .callMethod(URL.class, "openConnection")
        .orShould()
        .callMethod(SocketChannel.class, "open")
        .check(tests);
  }

  private static String inside(String name) {
    return ROOT + "." + name + "..";
  }
}
