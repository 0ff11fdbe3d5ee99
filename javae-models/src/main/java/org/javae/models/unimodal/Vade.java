package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.model.Staged;
import org.javae.core.net.Layer.Linear;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Variational deep embedding (Jiang et al., 2017): c ~ Cat(π), z ~ N(μ_c, diag σ_c²), x ~ p(x|z),
 * all learned, and q(z, c|x) = q(z|x) q(c|x). Maximises, in nats per observation,
 *
 * <pre>
 * E_q[ln p(x, z, c) − ln q(z, c|x)]
 *   = E_q(z|x)[ln p(x|z)] − Σ_c γ_c KL(q(z|x) ‖ N(μ_c, σ_c²)) − Σ_c γ_c ln(γ_c / π_c)
 * </pre>
 *
 * with the responsibilities {@code γ_c = q(c|x) = E_q(z|x)[p(c|z)]} over the samples of z.
 *
 * <p>From a random start all observations soon share a few Gaussians. So the first epochs minimise
 * {@code −E_q(z|x)[ln p(x|z)] + w KL(q(z|x) ‖ N(0, I))}: at w = 0 an autoencoder as in the paper,
 * whose inputs may have holes as in its layers' own first training (Vincent et al., 2008), else
 * with a small w (Cao et al., 2020, Simple, Scalable, and Stable Variational Deep Clustering); then
 * a Gaussian mixture fitted to the codes of the training rows becomes the prior ({@link
 * CodeMixture}), and the posterior starts with a hundredth of its width. Greys in [0, 1] stay
 * greys: their Bernoulli likelihood is the expected one of binarised pixels.
 */
public final class Vade extends Vae implements Staged {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "variational deep embedding (clustering)",
          "max  E_q[ln p(x|z)] − Σ_c γ_c KL(q(z|x) ‖ N(μ_c, σ_c²)) − KL(γ ‖ π)",
          "Jiang et al., 2017, Variational Deep Embedding: An Unsupervised and Generative Approach to Clustering");

  /** Clusters' standard deviations over the posterior's at the start of the second stage. */
  private static final double NARROW = 100;

  private static final int AT_ONCE = 500;

  /**
   * Settings: those of {@link Vae.Config}, whose {@code prior} is a mixture of as many Gaussians as
   * there are clusters, and
   *
   * @param clusters number of groups
   * @param pretrain epochs of the first stage; 0 for none, with a mixture spread over N(0, I)
   * @param pretrain_kl weight w of KL(q(z|x) ‖ N(0, I)) in the first stage; 0 for an autoencoder
   * @param pretrain_noise part of the inputs set to zero at random in the first stage's training
   */
  public record Config(
      @JsonUnwrapped Vae.Config vae,
      int clusters,
      int pretrain,
      @Optional double pretrain_kl,
      @Optional double pretrain_noise)
      implements ModelConfig {
    public Config {
      Check.positive("clusters", clusters);
      Check.notNegative("pretrain", pretrain);
      Check.notNegative("pretrain_kl", pretrain_kl);
      Check.fraction("pretrain_noise", pretrain_noise);
      if (!vae.prior().kind().equals("mixture")) {
        throw UserException.usage(
            "prior is '%s', but that of vade is a mixture of its clusters; use vae for another",
            vae.prior());
      }
      vae.posterior().requireDiagonal("vade compares diagonal Gaussians");
      vae = vae.withPrior("mixture:" + clusters);
    }

    /**
     * What suits the data: a group for each label if there are labels, else ten. An autoencoder of
     * images that sees them with holes has codes that are told apart better; small tables need
     * none.
     */
    public static Config defaults(DataSpec d) {
      Vae.Config c =
          new Vae.Config(
              Defaults.latent(d),
              d.event().isImage() ? NetSpec.parse("mlp:500,500,2000") : Defaults.encoder(d),
              null,
              d.unitInterval() ? LikelihoodSpec.parse("bernoulli") : Defaults.likelihood(d),
              Schedule.CONSTANT,
              1);
      int k = d.classes() > 1 ? d.classes() : 10;
      return new Config(c.withPrior("mixture"), k, 30, 0, d.event().isImage() ? 0.2 : 0);
    }
  }

  private final Config config;
  private final Tensor ready;
  private BatchSource<Batch> rows;

  public Vade(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
    this.ready = params.buffer("ready", Tensor.full(config.pretrain() == 0 ? 1 : 0, 1));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    if (ready()) {
      return super.loss(batch, step);
    }
    double w = config.pretrain_kl();
    Normal q = (Normal) posterior(withHoles(batch.x(), step));
    Tensor z = w == 0 ? q.mean() : q.rsample(step.rng(), 1);
    Tensor error = reconstruction(batch.x(), likelihood(z), 1);
    Loss loss = Loss.zero().plus("pretraining", error).drawnFrom(q);
    return w == 0
        ? loss.reports("kl", Tensor.zerosLike(error))
        : loss.plus("kl", w, KullbackLeibler.normalNormal(q, standard(q)).sum(1));
  }

  /** Masking noise (Vincent et al., 2008), in training only. */
  private Tensor withHoles(Tensor x, Step step) {
    double share = config.pretrain_noise();
    return step.training() && share > 0
        ? x.times(step.rng().bernoulli(Tensor.zerosLike(x).plus(1 - share)))
        : x;
  }

  private Normal standard(Normal q) {
    return Normal.standard(q.mean().dtype(), latent());
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Loss reconstruction = Loss.zero().plus("nll", d.nll());
    return withKl(reconstruction, config.vae(), divergence(d.normal(), d.z()), step, 1);
  }

  /** KL(q(z, c|x) ‖ p(z, c)) with γ from the samples z of q: {@code [batch]}. */
  Tensor divergence(Normal q, Tensor z) {
    NormalMixture p = (NormalMixture) prior();
    long m = z.size(0) / q.shape().at(0);
    Tensor each = p.logResponsibilities(z).reshape(m, -1, p.size());
    Tensor logGamma = each.logSumExp(0).minus(Math.log(m));
    Tensor toGaussians =
        KullbackLeibler.normalNormal(
                new Normal(q.mean().unsqueeze(1), q.logScale().unsqueeze(1)),
                new Normal(
                    p.components().mean().unsqueeze(0), p.components().logScale().unsqueeze(0)))
            .sum(2);
    Tensor toWeights = logGamma.minus(p.logWeights().logSoftmax(1));
    return logGamma.exp().times(toGaussians.plus(toWeights)).sum(1);
  }

  @Override
  public void trainingRows(BatchSource<Batch> source) {
    super.trainingRows(source);
    rows = source;
  }

  @Override
  public String beginEpoch(int epoch, Rng rng) {
    return ready() || epoch < config.pretrain() || rows == null
        ? null
        : Autograd.off(() -> Scope.run(() -> fitPrior(rng)));
  }

  /** The second stage begins: the mixture of the codes becomes the prior. */
  private String fitPrior(Rng rng) {
    List<Tensor> codes = new ArrayList<>();
    for (int i = 0; i < rows.batches(AT_ONCE); i++) {
      int at = i;
      codes.add(Scope.run(() -> posterior(rows.batch(0, at, AT_ONCE).x()).mean()));
    }
    CodeMixture found = CodeMixture.of(codes, config.clusters(), rng);
    found.changeCoordinates(encoder(), decoder());
    NormalMixture p = (NormalMixture) prior();
    put(found.logWeights(), p.logWeights());
    put(found.means(), p.components().mean());
    put(found.logScales(), p.components().logScale());
    // The scales of q belong to other coordinates, or were of no use: they begin the same for all
    // x.
    Linear last = (Linear) encoder().layers().get(encoder().layers().size() - 1);
    last.weight().narrow(0, latent(), latent()).fillInPlace(0);
    last.bias().narrow(0, latent(), latent()).fillInPlace(-Math.log(NARROW));
    ready.fillInPlace(1);
    double[] share = found.logWeights().exp().times(100).toDoubles();
    return String.format(
        Locale.ROOT,
        "pretraining is over: %d Gaussians fitted to the codes of %d rows, with %.1f to %.1f %% of them",
        config.clusters(),
        rows.size(),
        Arrays.stream(share).min().orElse(0),
        Arrays.stream(share).max().orElse(0));
  }

  private static void put(Tensor value, Tensor into) {
    into.copyFromInPlace(value.to(into.dtype()));
  }

  private boolean ready() {
    return ready.item() == 1;
  }

  /** None before the mixture has been fitted. */
  @Override
  public int clusters() {
    return ready() ? config.clusters() : 0;
  }

  /** An autoencoder's errors are no bounds: of them the last epoch counts as the best. */
  @Override
  public boolean lossesCompare() {
    return ready();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
