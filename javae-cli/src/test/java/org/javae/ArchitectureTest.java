package org.javae;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The rooms of the house: who may know whom. */
class ArchitectureTest {
  static {
    // The importer's logging facade would announce that it has nowhere to log to.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(ArchitectureTest::isOurs)
          .importPackages("org.javae");

  private static boolean isOurs(Location l) {
    return l.contains("/org/javae/");
  }

  /** Without this an empty import would make every rule below hold. */
  @Test
  void everyRoomIsLookedInto() {
    for (String room : List.of("tensor", "core", "models", "data", "experiment", "cli")) {
      assertThat(CODE.stream().filter(c -> c.getPackageName().startsWith("org.javae." + room)))
          .as(room)
          .hasSizeGreaterThan(5);
    }
    assertThat(CODE.get("org.javae.tensor.Tensor").getDirectDependenciesFromSelf())
        .as("dependencies outside the house are seen")
        .anyMatch(d -> d.getTargetClass().getPackageName().startsWith("org.bytedeco"));
  }

  @Test
  void onlyTheTensorRoomKnowsTheEngine() {
    noClasses()
        .that(not(resideInAPackage("org.javae.tensor..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .because("an engine that is known in one room only can be replaced")
        .check(CODE);
  }

  @Test
  void dependenciesPointDownward() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("org.javae.cli..")
        .layer("experiment")
        .definedBy("org.javae.experiment..")
        .layer("data")
        .definedBy("org.javae.data..")
        .layer("models")
        .definedBy("org.javae.models..")
        .layer("core")
        .definedBy("org.javae.core..")
        .layer("tensor")
        .definedBy("org.javae.tensor..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("experiment")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("experiment", "cli")
        .whereLayer("models")
        .mayOnlyBeAccessedByLayers("experiment", "cli")
        .whereLayer("core")
        .mayOnlyBeAccessedByLayers("models", "data", "experiment", "cli")
        .whereLayer("tensor")
        .mayOnlyBeAccessedByLayers("core", "models", "data", "experiment", "cli")
        .check(CODE);
  }

  /** Inside core: the mathematics knows nothing of training, files and data. */
  @Test
  void distributionsAndDivergencesStandAlone() {
    noClasses()
        .that()
        .resideInAnyPackage("org.javae.core.distribution..", "org.javae.core.divergence..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.javae.core.train..",
            "org.javae.core.io..",
            "org.javae.core.data..",
            "org.javae.core.model..",
            "org.javae.core.evaluate..",
            "org.javae.core.net..")
        .check(CODE);
  }

  /** A model is trained by the trainer, not the other way round. */
  @Test
  void modelsDoNotKnowWhereTheirDataComeFromNorWhereTheyAreSaved() {
    noClasses()
        .that()
        .resideInAPackage("org.javae.models..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.javae.core.io..", "java.io..", "java.nio.file..")
        .check(CODE);
  }

  @Test
  void nothingExecutableIsRead() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("javax.script..", "java.rmi..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.beans.XMLDecoder")
        .because("model files are data")
        .check(CODE);
  }

  @Test
  void memoryIsGovernedByScopesNotByTheCollector() {
    noClasses()
        .should()
        .callMethod(System.class, "gc")
        .orShould()
        .callMethod(Runtime.class, "gc")
        .orShould()
        .callMethod(System.class, "runFinalization")
        .check(CODE);
  }

  /** What a user reads goes through the command line, which knows about pipes and quiet. */
  @Test
  void onlyTheCommandLineTalksToTheTerminalOrLeaves() {
    noClasses()
        .that(not(resideInAPackage("org.javae.cli..")))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CODE);
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CODE);
  }

  /** Named streams only: a run must be repeatable. */
  @Test
  void nobodyDrawsFromAnUnnamedStream() {
    noClasses()
        .should()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callConstructor(SplittableRandom.class)
        .check(CODE);
  }

  @Test
  void whatIsStaticIsConstant() {
    fields().that().areStatic().and().arePublic().should().beFinal().check(CODE);
  }

  @Test
  void modelsAreReadInOnePlace() {
    classes()
        .that()
        .areAssignableTo("org.javae.core.model.Model")
        .and()
        .doNotHaveFullyQualifiedName("org.javae.core.model.Model")
        .should()
        .resideInAPackage("org.javae.models..")
        .check(CODE);
  }
}
