package org.javae.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViewFiguresTest {
  @Test
  void everyNumberOfAReportHasAName() {
    MultimodalReport r =
        new MultimodalReport(
            List.of("image", "label"),
            10,
            100,
            new MultimodalReport.Likelihoods(
                -90.0,
                List.of(
                    new MultimodalReport.ViewLikelihood("image", -89.0, -88.0, Map.of()),
                    new MultimodalReport.ViewLikelihood("label", -2.0, null, Map.of()))),
            null,
            new MultimodalReport.Coherence(
                "label", Map.of(), 0.5, Map.of("label", Map.of("image", 0.7)), List.of(0.6)),
            new MultimodalReport.Probe("label", 0.1, Map.of(), List.of(0.8, 0.9)),
            new MultimodalReport.Factorisation("label", 0.1, 0.95, Map.of("image", Double.NaN)));
    Map<String, Double> figures = ViewFigures.of(r);
    assertThat(figures)
        .containsOnly(
            entry("likelihood/joint", -90.0),
            entry("likelihood/image", -89.0),
            entry("likelihood/image|others", -88.0),
            entry("likelihood/label", -2.0),
            entry("coherence/joint", 0.5),
            entry("coherence/label>image", 0.7),
            entry("coherence/1", 0.6),
            entry("probe/1", 0.8),
            entry("probe/2", 0.9),
            entry("factorisation/shared", 0.95));
    assertThat(figures.keySet())
        .allSatisfy(
            name -> {
              assertThat(ViewFigures.isName(name)).isTrue();
              assertThat(Multimodality.METRICS).contains(ViewFigures.measurement(name));
            });
  }

  @Test
  void othersAreNoNames() {
    assertThat(ViewFigures.isName("nll")).isFalse();
    assertThat(ViewFigures.isName("synergy/joint")).isFalse();
    assertThatThrownBy(() -> ViewFigures.measurement("nll"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
