package org.javae.models;

import java.util.LinkedHashMap;
import java.util.Map;
import org.javae.core.data.Loader;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/** VAEs whose two networks are affine maps: everything about them is known. */
final class LinearVaes {
  private LinearVaes() {}

  /** A fresh one, with further settings key, value, key, value … */
  static Vae build(DataSpec data, long seed, Object... more) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("encoder", "linear");
    settings.put("decoder", "linear");
    for (int i = 0; i < more.length; i += 2) {
      settings.put((String) more[i], more[i + 1]);
    }
    CatalogEntry<?> e = ModelCatalog.get("vae");
    return (Vae) e.build(data, e.configure(data, settings), Rng.of(seed).split("init"));
  }

  /**
   * Adam with a rate that falls along half a cosine. Clipping matters: ln σ of q is linear in x
   * here, so that at first single outliers have enormous gradients.
   */
  static TrainConfig training(int epochs, int batch, double lr, long seed) {
    TrainConfig d = TrainConfig.DEFAULTS;
    return new TrainConfig(
        epochs,
        batch,
        lr,
        seed,
        "adam",
        Schedule.parse("cosine"),
        d.momentum(),
        0,
        5,
        0,
        1,
        0,
        0,
        true,
        0,
        1e9);
  }

  static void train(Model<Batch> m, Loader rows, TrainConfig c, TrainListener l) {
    new Trainer<>(m, rows, null, null, c, null, "", l).run(false);
  }

  /** σ² of the decoder. */
  static double variance(Vae m) {
    return Math.exp(2 * m.params().all().get("likelihood.log_scale").item());
  }

  /**
   * The mean ELBO without any sampling: {@code E_q‖x − Wz − b‖² = ‖x − Wμ − b‖² + Σ s²ₖ ‖Wₖ‖²} for
   * z ~ N(μ, diag s²).
   */
  static double exactElbo(Vae m, Tensor x) {
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor w = Subspaces.directions(m, m.latent(), m.params().type());
                  Normal q = (Normal) m.posterior(x.to(m.params().type()));
                  Tensor mean = q.mean().to(DType.FLOAT64);
                  Tensor s2 = q.logScale().to(DType.FLOAT64).times(2).exp();
                  Tensor error =
                      m.decode(q.mean())
                          .to(DType.FLOAT64)
                          .minus(x)
                          .square()
                          .sum(1)
                          .plus(s2.times(w.square().sum(1).unsqueeze(0)).sum(1));
                  double s = variance(m);
                  Tensor nll =
                      error
                          .times(0.5 / s)
                          .plus(0.5 * x.size(1) * (Math.log(2 * Math.PI) + Math.log(s)));
                  Tensor kl = s2.plus(mean.square()).minus(1).minus(s2.log()).times(0.5).sum(1);
                  return -nll.plus(kl).mean().item();
                }));
  }
}
