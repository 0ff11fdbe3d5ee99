package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Model;
import org.javae.data.generate.Mixture;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Rng;
import org.junit.jupiter.api.Test;

/** A mixture fitted to a mixture of known density. */
class MixtureOracleTest {
  private static final int N = 4000;

  @Test
  void eightGaussiansReachTheExactLikelihoodOfTheRing() {
    Dataset d = new Mixture(Mixture.Kind.RING, N, Mixture.Kind.RING.usualSigma()).generate(1);
    int[] rows = IntStream.range(0, N).toArray();
    var entry = ModelCatalog.get("gmm");
    var spec = Preprocessing.NONE.spec(d, rows);
    Model<?> m = entry.build(spec, entry.configure(spec, Map.of("components", 8)), Rng.of(0));
    Loader all = new Loader(d, rows, Preprocessing.NONE, Rng.of(0), false);
    ((ClosedForm) m).fit(c -> all.each(500, b -> c.accept(b.x())));
    double found = -Evaluator.evaluate(m, all, Evaluator.Options.DEFAULTS, x -> {}).nll();
    // The maximum lies above the truth by about half the 47 parameters over N; the truth itself is
    // an expectation, which the mean over N points misses by about its deviation over √N.
    double chance = 3 * Math.sqrt(1.0 / N);
    assertThat(found - d.exactLogLikelihood().orElseThrow())
        .isBetween(-chance, chance + 3 * 47 / 2.0 / N);
  }
}
