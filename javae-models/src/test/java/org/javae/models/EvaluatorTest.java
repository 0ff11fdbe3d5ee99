package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Distribution;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Evaluator.Options;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.Json;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.core.train.Validator;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final int N = 230;
  private static final int D = 4;
  private static final float[] VALUES = Scope.run(() -> Rng.of(1).normal(N, D).toFloats());

  private static Loader rows() {
    return new Loader(
        ArrayDataset.of("rows", Shape.of(D), VALUES),
        IntStream.range(0, N).toArray(),
        Preprocessing.NONE,
        Rng.of(1),
        false);
  }

  @SuppressWarnings("unchecked") // all models take one block of data
  private static Model<Batch> model(String name, Map<String, ?> settings) {
    DataSpec d = DataSpec.of(Shape.of(D), false, false);
    CatalogEntry<?> e = ModelCatalog.get(name);
    Model<Batch> m = (Model<Batch>) e.build(d, e.configure(d, settings), Rng.of(2).split("init"));
    if (m instanceof ClosedForm c) {
      c.fit(consumer -> rows().each(100, b -> consumer.accept(b.x())));
    }
    return m;
  }

  private static Vae vae() {
    return (Vae)
        model("vae", Map.of("latent", 2, "encoder", "mlp:8", "likelihood", "gaussian:0.8"));
  }

  private static Metrics evaluate(Model<?> m, int nllSamples, String... wanted) {
    return Evaluator.evaluate(m, rows(), new Options(nllSamples, 7, 64, Set.of(wanted)), p -> {});
  }

  @Test
  void aVaeIsMeasuredInEveryWay() {
    Vae m = vae();
    Metrics r = evaluate(m, 50);
    assertThat(r.nllSamples()).isEqualTo(50);
    assertThat(r.elbo()).isCloseTo(-r.reconstruction() - r.kl(), within(1e-9));
    assertThat(r.nll()).isBetween(3.0, -r.elbo());
    assertThat(r.klPerDimension()).hasSize(2);
    assertThat(r.klPerDimension()[0] + r.klPerDimension()[1]).isCloseTo(r.kl(), within(1e-9));
    Scope.run(
        () -> {
          Tensor x = Tensor.of(VALUES, N, D);
          Loss l = m.loss(new Batch(x, null), Step.evaluation(Rng.of(3)));
          assertThat(r.kl()).isCloseTo(l.terms().get("kl").mean().item(), within(1e-5));
          assertThat(r.reconstruction()).isCloseTo(l.terms().get("nll").mean().item(), within(0.6));
          double mse = m.decode(m.encode(x)).minus(x).square().mean().item();
          assertThat(r.mse()).isCloseTo(mse, within(1e-6));
        });
  }

  @Test
  void whatDoesNotApplyStaysEmpty() {
    Metrics ae = evaluate(model("ae", Map.of("latent", 2, "encoder", "mlp:8")), 50);
    assertThat(ae.elbo()).isNull();
    assertThat(ae.nll()).isNull();
    assertThat(ae.kl()).isNull();
    assertThat(ae.mutualInformation()).isNull();
    assertThat(ae.reconstruction()).isCloseTo(ae.mse() * D, within(1e-9));
    assertThat(Json.toString(ae)).matches("\\{\"reconstruction\":[^,]*,\"mse\":[^,]*\\}");
    Metrics pca = evaluate(model("pca", Map.of("latent", 2)), 50);
    assertThat(pca.nll()).isNull();
    assertThat(pca.reconstruction()).isPositive();
  }

  @Test
  void anExactLikelihoodIsGivenWithoutSamples() {
    Metrics r = evaluate(model("ppca", Map.of("latent", 2)), 0);
    assertThat(r.nllSamples()).isZero();
    // Four standard normals.
    assertThat(r.nll()).isBetween(5.0, 6.0);
    assertThat(evaluate(vae(), 0).nll()).isNull();
  }

  @Test
  void onlyWhatIsWanted() {
    assertThat(Json.toString(evaluate(vae(), 50, "mse"))).matches("\\{\"mse\":[^,]*\\}");
    assertThat(Json.toString(evaluate(model("ppca", Map.of("latent", 2)), 0, "mse")))
        .matches("\\{\"mse\":[^,]*\\}");
    assertThat(evaluate(vae(), 50, "nll").nll()).isPositive();
    assertThat(evaluate(vae(), 50, "elbo").elbo()).isNegative();
    Metrics two = evaluate(vae(), 0, "active_units", "mutual_information");
    assertThat(two.activeUnits()).isNotNull();
    assertThat(two.mutualInformation()).isNotNull();
    assertThat(two.kl()).isNull();
  }

  @Test
  void annealingIsMeasuredOnlyWhenNamed() {
    Model<Batch> m = model("ppca", Map.of("latent", 2));
    assertThat(evaluate(m, 0).aisNll()).isNull();
    Options o = new Options(0, 7, 64, Set.of("ais", "ais_gap", "nll"), new Ais.Settings(40, 8));
    List<Double> seen = new ArrayList<>();
    Metrics r = Evaluator.evaluate(m, rows(), o, seen::add);
    assertThat(r.aisNll()).isCloseTo(r.nll(), within(0.05));
    assertThat(r.aisGap()).isBetween(-0.05, 0.1);
    assertThat(r.elbo()).isNull();
    assertThat(seen).isSorted().last().isEqualTo(1.0);
    assertThat(Json.toString(r)).contains("\"ais_nll\":", "\"ais_gap\":");
    assertThatThrownBy(() -> evaluate(model("ae", Map.of("latent", 2)), 0, "ais"))
        .hasMessageContaining("which this model is not; leave out ais");
  }

  /** A VAE that counts how often it encodes. */
  private static final class Counting extends Vae {
    private int encodings;

    Counting(Vae other) {
      super(other.data(), new Params(Rng.of(1), DType.FLOAT32), (Config) other.config());
    }

    @Override
    public Distribution posterior(Tensor x) {
      encodings++;
      return super.posterior(x);
    }
  }

  @Test
  void everyBatchIsEncodedOnce() {
    Counting m = new Counting(vae());
    evaluate(m, 20);
    assertThat(m.encodings).isEqualTo(4);
    m.encodings = 0;
    Evaluator.validator(64).measure(m, rows(), Rng.of(1));
    assertThat(m.encodings).isEqualTo(4);
  }

  @Test
  void anEpochIsHeldAgainstInformationAndEveryDimension() {
    Vae m = vae();
    Validator.Held held = Evaluator.validator(64).measure(m, rows(), Rng.of(1));
    Metrics r = evaluate(m, 0);
    assertThat(held.metrics())
        .containsKeys("loss", "nll", "kl", "elbo", "active_units", "mutual_information");
    assertThat(held.metrics().get("kl")).isCloseTo(r.kl(), within(1e-5));
    assertThat(held.metrics().get("active_units")).isEqualTo((double) r.activeUnits());
    assertThat(held.metrics().get("mutual_information"))
        .isCloseTo(r.mutualInformation(), within(0.1));
    assertThat(held.klPerDimension()).hasSize(2);
    for (int j = 0; j < 2; j++) {
      assertThat(held.klPerDimension().get(j)).isCloseTo(r.klPerDimension()[j], within(1e-4));
    }
    // The noise is the same every epoch.
    assertThat(Evaluator.validator(64).measure(m, rows(), Rng.of(2)).metrics())
        .containsEntry("mutual_information", held.metrics().get("mutual_information"));
    Validator.Held ae =
        Evaluator.validator(64)
            .measure(model("ae", Map.of("latent", 2, "encoder", "mlp:8")), rows(), Rng.of(1));
    assertThat(ae.metrics()).doesNotContainKeys("kl", "mutual_information", "active_units");
    assertThat(ae.klPerDimension()).isEmpty();
  }

  @Test
  void aPriorWithoutClosedFormHasItsDivergenceFromTheLoss() {
    Model<Batch> m =
        model(
            "vae",
            Map.of(
                "latent",
                2,
                "encoder",
                "mlp:8",
                "likelihood",
                "gaussian:0.8",
                "prior",
                "mixture:3"));
    Validator.Held held = Evaluator.validator(64).measure(m, rows(), Rng.of(1));
    assertThat(held.klPerDimension()).isEmpty();
    assertThat(held.metrics().get("kl")).isCloseTo(evaluate(m, 0).kl(), within(0.3));
  }

  @Test
  void theSameSeedGivesTheSameNumbers() {
    Vae m = vae();
    assertThat(evaluate(m, 5)).usingRecursiveComparison().isEqualTo(evaluate(m, 5));
    Metrics other = Evaluator.evaluate(m, rows(), new Options(5, 8, 64, Set.of()), p -> {});
    assertThat(other.elbo()).isNotEqualTo(evaluate(m, 5).elbo());
  }

  @Test
  void progressEndsAtOne() {
    List<Double> seen = new ArrayList<>();
    Evaluator.evaluate(vae(), rows(), new Options(0, 1, 100, Set.of()), seen::add);
    assertThat(seen).isSorted().hasSize(3).endsWith(1.0);
  }

  @Test
  void badOptionsEndInSentences() {
    assertThatThrownBy(() -> new Options(0, 1, 1, Set.of("elbow")))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown metric 'elbow'; did you mean elbo?");
    assertThatThrownBy(() -> new Options(-1, 1, 1, Set.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--nll-samples is -1");
  }
}
