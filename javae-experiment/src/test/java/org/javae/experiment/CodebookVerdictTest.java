package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.Json;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;

class CodebookVerdictTest {
  private static List<String> verdict(double usage, double perplexity, double restart) {
    CatalogEntry<?> entry = ModelCatalog.get("vq-vae");
    DataSpec data = DataSpec.of(Shape.of(5), true, true);
    Map<String, Object> small =
        Map.of("encoder", "mlp:4", "codes", 20, "prior_features", 2, "restart", restart);
    Model<?> m = entry.build(data, entry.configure(data, small), Rng.of(1));
    Metrics found =
        Json.mapper()
            .convertValue(
                Map.of(
                    "elbo",
                    -9.0,
                    "reconstruction",
                    8.0,
                    "kl",
                    1.0,
                    "perplexity",
                    perplexity,
                    "codebook_usage",
                    usage),
                Metrics.class);
    return Verdict.of(found, m, null);
  }

  @Test
  void aCollapsedCodebookIsNamedWithItsUsageAndACure() {
    assertThat(verdict(0.05, 1, 0)).hasSize(1);
    assertThat(verdict(0.05, 1, 0).get(0))
        .contains("the codebook has collapsed: 5.0 % of its entries are in use, perplexity 1.0")
        .contains("--set restart=0.03")
        .contains("fewer codes than 20");
    assertThat(verdict(0.9, 1.2, 0.03).get(0))
        .as("many entries, of which one is nearly always chosen")
        .contains("collapsed: 90.0 %")
        .doesNotContain("restart");
  }

  @Test
  void aCodebookInUseIsSaidToBe() {
    assertThat(verdict(0.95, 14, 0.03))
        .containsExactly(
            "the codebook is alive: 95.0 % of its entries are in use, perplexity 14.0");
  }
}
