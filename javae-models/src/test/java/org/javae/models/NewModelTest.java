package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.tensor.Shape;
import org.javae.testkit.ContractSuite;
import org.javae.testkit.ContractSuite.Subject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What it takes to add a model: one file ({@link SparseVae}), one line and one row of test data.
 */
class NewModelTest {
  private static final CatalogEntry<SparseVae.Config> LINE =
      CatalogEntry.of(
          "sparse-vae",
          SparseVae.ABOUT,
          SparseVae.Config.class,
          SparseVae.Config::defaults,
          SparseVae::new);

  private static final Subject ROW =
      new Subject(
          DataSpec.of(Shape.of(7), true, true),
          Map.of("latent", 2, "encoder", "mlp:8", "lambda", 0.5),
          Map.of("encoder", "mlp:5/softplus", "lambda", 0));

  @TestFactory
  Stream<DynamicTest> aNewModelKeepsTheContract() {
    return ContractSuite.of(LINE, ROW);
  }

  @Test
  void itsSettingsAreTheVaesAndItsOwn() {
    assertThat(LINE.keys()).contains("latent", "prior", "posterior", "kl", "lambda");
  }
}
