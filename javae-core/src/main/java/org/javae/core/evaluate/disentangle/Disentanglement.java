package org.javae.core.evaluate.disentangle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Loader;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.Encodes;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.UserException;

/**
 * Scores of codes against the factors that made the data; null where not asked for. The codes are
 * those that are decoded to reconstruct: means of q.
 *
 * @param betaVaeScore {@link BetaVaeScore}
 * @param factorVaeScore {@link FactorVaeScore}
 * @param mig {@link Mig}
 * @param dciDisentanglement {@link Dci}
 * @param dciCompleteness {@link Dci}
 * @param dciInformativeness {@link Dci}
 * @param sap {@link Sap}
 * @param modularity {@link Modularity}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Disentanglement(
    @JsonProperty("beta_vae_score") Double betaVaeScore,
    @JsonProperty("factor_vae_score") Double factorVaeScore,
    Double mig,
    @JsonProperty("dci_disentanglement") Double dciDisentanglement,
    @JsonProperty("dci_completeness") Double dciCompleteness,
    @JsonProperty("dci_informativeness") Double dciInformativeness,
    Double sap,
    Double modularity) {
  /** The scores' names. */
  public static final List<String> NAMES =
      List.of(
          "beta_vae_score",
          "factor_vae_score",
          "mig",
          "dci_disentanglement",
          "dci_completeness",
          "dci_informativeness",
          "sap",
          "modularity");

  /** Most observations that are encoded; Locatello et al. (2019) take as many. */
  private static final int ROWS = 10_000;

  /**
   * Encodes at most 10,000 random rows and scores them.
   *
   * @param wanted some of {@link #NAMES}
   * @throws UserException if the model has no codes or the data no factors
   */
  public static Disentanglement of(
      Model<?> model, Loader rows, int batch, Set<String> wanted, Rng rng) {
    if (!(model instanceof Encodes || model instanceof Conditional)) {
      throw UserException.of(
          "disentanglement is measured on codes, which this model has not; leave out %s",
          String.join(", ", NAMES.stream().filter(wanted::contains).toList()));
    }
    List<Annotation> factors = Factors.of(rows.data());
    int[] all = rows.rows(0, rows.size());
    // Random, because files list every combination in order.
    int[] chosen =
        Arrays.stream(rng.permutation(all.length, 0)).limit(ROWS).map(i -> all[i]).toArray();
    int latent = model instanceof Encodes e ? e.latent() : ((Conditional) model).latent();
    float[] codes = new float[Math.multiplyExact(chosen.length, latent)];
    for (int from = 0; from < chosen.length; from += batch) {
      int[] part = Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + batch));
      float[] z = Scope.run(() -> Autograd.off(() -> codes(model, rows.read(part, 0))));
      System.arraycopy(z, 0, codes, from * latent, z.length);
    }
    return of(Factors.of(codes, latent, factors, chosen), wanted::contains, rng);
  }

  private static float[] codes(Model<?> model, Batch b) {
    LatentVariableModel m = Conditional.view(model, b);
    return (m != null ? m.encode(b.x()) : ((Encodes) model).encode(b.x())).toFloats();
  }

  /** Scores codes. */
  public static Disentanglement of(Factors f, Predicate<String> wanted, Rng rng) {
    boolean dci = NAMES.stream().anyMatch(n -> n.startsWith("dci_") && wanted.test(n));
    Dci d = dci ? Dci.of(f, random(rng, "dci")) : null;
    return new Disentanglement(
        wanted.test("beta_vae_score") ? (Double) BetaVaeScore.of(f, random(rng, "beta")) : null,
        wanted.test("factor_vae_score")
            ? (Double) FactorVaeScore.of(f, random(rng, "factor"))
            : null,
        wanted.test("mig") ? (Double) Mig.of(f) : null,
        wanted.test("dci_disentanglement") ? (Double) d.disentanglement() : null,
        wanted.test("dci_completeness") ? (Double) d.completeness() : null,
        wanted.test("dci_informativeness") ? (Double) d.informativeness() : null,
        wanted.test("sap") ? (Double) Sap.of(f) : null,
        wanted.test("modularity") ? (Double) Modularity.of(f) : null);
  }

  private static SplittableRandom random(Rng rng, String name) {
    return rng.split(name).at(0);
  }
}
