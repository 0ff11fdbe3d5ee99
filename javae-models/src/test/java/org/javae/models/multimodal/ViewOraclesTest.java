package org.javae.models.multimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
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

  /** KL of diagonal Gaussians of two dimensions, written out. */
  private static double kl(Normal q, Normal p, int row) {
    double[] m = q.mean().toDoubles();
    double[] s = q.logScale().toDoubles();
    double[] n = p.mean().toDoubles();
    double[] t = p.logScale().toDoubles();
    double sum = 0;
    for (int i = 2 * row; i < 2 * row + 2; i++) {
      double a = n.length == 2 ? n[i - 2 * row] : n[i];
      double b = t.length == 2 ? t[i - 2 * row] : t[i];
      double v = Math.exp(2 * (s[i] - b));
      sum += 0.5 * (v + (m[i] - a) * (m[i] - a) * Math.exp(-2 * b) - 1 - Math.log(v));
    }
    return sum;
  }

  private static Normal of(Multimodal m, double a, double b) {
    Tensor p = Tensor.of(new double[] {a, b}, 1, 2).expand(N, 2);
    return (Normal) m.given(x(), p).posterior(x());
  }

  @Test
  void jmvaesTermsAreTheClosedFormsOfItsThreePosteriors() {
    MultimodalVae m = build("jmvae", ContractSuite.views(A, B), Map.of("encoder", "linear"));
    Map<String, Tensor> terms = loss(m, batch(x(), 2)).terms();
    Normal q = of(m, 1, 1);
    Normal prior = Normal.standard(DType.FLOAT64, 2);
    for (int i = 0; i < N; i++) {
      double apart = kl(q, of(m, 1, 0), i) + kl(q, of(m, 0, 1), i);
      assertThat(terms.get("kl").toDoubles()[i]).isCloseTo(kl(q, prior, i), within(1e-12));
      assertThat(terms.get("views").toDoubles()[i]).isCloseTo(apart, within(1e-12));
      double nll = terms.get("nll").toDoubles()[i];
      assertThat(loss(m, batch(x(), 2)).total().toDoubles()[i])
          .isCloseTo(nll + kl(q, prior, i) + 0.1 * apart, within(1e-11));
    }
  }

  @Test
  void m2vaeHasAnEncoderForEverySubsetAndRefusesTooMany() {
    DataSpec four = ContractSuite.views(A, B, A, B);
    Model<Batch> m = build("m2vae", four, Map.of("joint", 3));
    long sets = m.params().all().keySet().stream().filter(n -> n.endsWith("head.0.bias")).count();
    assertThat(sets).isEqualTo((1 << 4) - 1 - 4); // single views have theirs besides
    DataSpec[] many = new DataSpec[12];
    java.util.Arrays.fill(many, B);
    assertThatThrownBy(
            () -> build("m2vae", ContractSuite.views(many), Map.of("encoder", "mlp:1024,1024")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("m2vae of 12 views has 2^12 − 1 = 4095 encoders")
        .hasMessageContaining("mvae");
  }

  @Test
  void memeRefusesThreeViews() {
    assertThatThrownBy(() -> build("meme", ContractSuite.views(A, B, A), Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("two views")
        .hasMessageContaining("these data have 3");
  }
}
