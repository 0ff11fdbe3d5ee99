package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.javae.core.model.Batch;
import org.javae.models.ModelCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which models get zeros and ones drawn from greys when nothing is said. */
class GreysTest {
  @ParameterizedTest
  @CsvSource({"vae,true", "beta-vae,true", "ae,false", "wae-mmd,false", "pca,false", "ppca,false"})
  void squaredErrorsKeepGreysUnlessTold(String model, boolean binary) {
    assertThat(ModelCatalog.get(model).greys()).isEqualTo(!binary);
    assertThat(binary(model, "auto")).isEqualTo(binary);
    assertThat(binary(model, "dynamic")).isTrue();
  }

  @Test
  void aLikelihoodOfQuantitiesKeepsThemToo() {
    assertThat(binary("vae", "auto", "likelihood", "gaussian")).isFalse();
  }

  private static boolean binary(String model, String binarize, String... more) {
    Settings s =
        Settings.of("strokes", model)
            .with(Map.of("latent", 2, "binarize", binarize, "limit", 60))
            .with(more.length == 0 ? Map.of() : Map.of(more[0], more[1]));
    try (Experiment e = Experiment.prepare(s, note -> {})) {
      Batch b = e.trainingRows().batch(0, 0, 10);
      double[] x = b.x().toDoubles();
      return Arrays.stream(x).allMatch(v -> v == 0 || v == 1);
    }
  }
}
