package org.javae.models.multimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.testkit.ContractSuite;
import org.junit.jupiter.api.Test;

/** Each model of several views against what it must be where that is known. */
class ViewOraclesTest {
  private static final DataSpec A = DataSpec.of(Shape.of(4), false, false);
  private static final DataSpec B = DataSpec.of(Shape.of(3), false, false);
  private static final int N = 5;

  @SuppressWarnings("unchecked") // models of batches
  static <M extends Model<Batch>> M build(String name, DataSpec data, Map<String, ?> settings) {
    var e = ModelCatalog.get(name).in(DType.FLOAT64);
    Map<String, Object> all = new LinkedHashMap<>(Map.of("latent", 2, "encoder", "mlp:6/tanh"));
    all.putAll(settings);
    return (M) e.build(data, e.configure(data, all), Rng.of(4).split("init"));
  }

  static Batch batch(Tensor x, int views) {
    return new Batch(x, null, null, Tensor.ones(x.size(0), views).to(DType.FLOAT64));
  }

  static Tensor x() {
    return Rng.of(6).normal(DType.FLOAT64, N, 7);
  }

  static Loss loss(Model<Batch> m, Batch b) {
    return m.loss(b, new Step(3, 2.5, 10, true, Rng.of(9)));
  }

  private static Tensor b() {
    return Rng.of(7).normal(DType.FLOAT64, N, 3);
  }

  /** A model of one view, the VAE, and the same weights in both. */
  private static Loss[] beside(String name, Map<String, ?> settings) {
    Model<Batch> one = build(name, ContractSuite.views(B), settings);
    Model<Batch> vae = build("vae", B, Map.of());
    Map<String, Tensor> same = new LinkedHashMap<>();
    one.params().all().forEach((n, t) -> same.put(n.replace(".view0", ""), t));
    same.put("likelihood.log_scale", one.params().all().get("decoder.view0.likelihood.log_scale"));
    vae.params().load(same);
    return new Loss[] {loss(one, batch(b(), 1)), loss(vae, new Batch(b(), null))};
  }

  @Test
  void mvtcaeOfOneViewIsTheVaeTimesOneMinusAlpha() {
    for (double alpha : new double[] {0, 0.3, 0.9}) {
      Loss[] both = beside("mvtcae", Map.of("alpha", alpha));
      double[] expected = both[1].total().times(1 - alpha).toDoubles();
      assertThat(both[0].total().toDoubles()).containsExactly(expected, within(1e-12));
      assertThat(both[0].terms().get("views").abs().max().item()).isLessThan(1e-12);
    }
  }

  @Test
  void mmjsdOfOneViewHasTheVaesReconstructionAndTheSkewedDivergence() {
    Loss[] both = beside("mmjsd", Map.of());
    double[] nll = both[0].terms().get("nll").toDoubles();
    double[] vae = both[1].total().minus(both[1].terms().get("kl")).toDoubles();
    assertThat(nll).containsExactly(vae, within(1e-12));
    Tensor js = both[0].terms().get("js");
    assertThat(js.min().item()).isPositive();
    // Half of KL(q‖f) and KL(p‖f), and f is nearer to both than they are to one another.
    assertThat(js.minus(both[1].terms().get("kl")).max().item()).isNegative();
  }

  @Test
  void mmvaePlusIsTheMmvaeWhereNothingIsPrivate() {
    // Private posteriors at their prior and decoders deaf to them: the same bound as the MMVAE's.
    DataSpec d = ContractSuite.views(A, B);
    Map<String, ?> linear = Map.of("encoder", "linear", "k", 4);
    Model<Batch> plain = build("mmvae", d, linear);
    Map<String, Object> more = new LinkedHashMap<>(linear);
    more.put("privates", 3);
    Model<Batch> plus = build("mmvae-plus", d, more);
    Map<String, Tensor> load = new LinkedHashMap<>(plus.params().all());
    plain
        .params()
        .all()
        .forEach(
            (n, t) -> {
              Tensor wide = plus.params().all().get(n);
              if (wide.shape().equals(t.shape())) {
                load.put(n, t);
              } else {
                int dim = n.startsWith("encoder") ? 0 : 1;
                long[] rest = wide.shape().toArray();
                rest[dim] -= t.size(dim);
                load.put(n, Tensor.cat(List.of(t, Tensor.zeros(DType.FLOAT64, rest)), dim));
              }
            });
    plus.params().load(load);
    double[] a = means(plain);
    double[] b = means(plus);
    for (int i = 0; i < N; i++) {
      assertThat(b[i]).isCloseTo(a[i], within(0.05 * (1 + Math.abs(a[i]))));
    }
  }

  /** The bound averaged over noise. */
  private static double[] means(Model<Batch> m) {
    Batch many = batch(x().repeatBatch(2000), 2);
    return Autograd.off(
        () ->
            Scope.run(
                () ->
                    m.loss(many, Step.evaluation(Rng.of(3)))
                        .terms()
                        .get("bound")
                        .reshape(2000, N)
                        .mean(0)
                        .toDoubles()));
  }

  @Test
  void dmvaeWithoutCrossTermsIsTheSumOfTheLecturesBounds() {
    // A view alone is the model of an observation that has no other: same weights, other presence.
    DataSpec d = ContractSuite.views(A, B);
    Model<Batch> m = build("dmvae", d, Map.of("privates", 1, "cross", false));
    double[] whole = total(m, new double[] {1, 1}, "subsets");
    double[] first = total(m, new double[] {1, 0}, "nll", "kl");
    double[] second = total(m, new double[] {0, 1}, "nll", "kl");
    for (int i = 0; i < N; i++) {
      assertThat(whole[i]).isCloseTo(first[i] + second[i], within(0.05 * Math.abs(whole[i])));
    }
  }

  private static double[] total(Model<Batch> m, double[] there, String... terms) {
    Tensor present = Tensor.of(there, 1, 2).expand(2000L * N, 2);
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Batch b = new Batch(x().repeatBatch(2000), null, null, present);
                  Map<String, Tensor> t = m.loss(b, Step.evaluation(Rng.of(3))).terms();
                  Tensor sum = null;
                  for (String n : terms) {
                    sum = sum == null ? t.get(n) : sum.plus(t.get(n));
                  }
                  return sum.reshape(2000, N).mean(0).toDoubles();
                }));
  }

  @Test
  void inDmvaeAViewHearsTheSharedAndItsOwnPrivateLatentAlone() {
    MultimodalVae m = build("dmvae", ContractSuite.views(A, B), Map.of("privates", 2));
    Tensor z = Rng.of(3).normal(DType.FLOAT64, N, 6);
    Tensor base = m.likelihood(z).mean();
    for (int at = 0; at < 3; at++) { // shared, private of the first, of the second
      Tensor swapped =
          Tensor.cat(
              List.of(
                  z.narrow(1, 0, 2L * at),
                  z.narrow(1, 2L * at, 2).indexSelect(0, Tensor.indices(1, 2, 3, 4, 0)),
                  z.narrow(1, 2L * at + 2, 4 - 2L * at)),
              1);
      Tensor change = m.likelihood(swapped).mean().minus(base).abs();
      double first = change.narrow(1, 0, 4).max().item();
      double second = change.narrow(1, 4, 3).max().item();
      assertThat(first > 0).isEqualTo(at != 2);
      assertThat(second > 0).isEqualTo(at != 1);
    }
  }
}
