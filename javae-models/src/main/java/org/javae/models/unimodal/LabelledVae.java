package org.javae.models.unimodal;

import java.util.List;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.posterior.Posterior;
import org.javae.core.train.Step;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * What the models with a label u share: they maximise {@code ELBO(x|u) = E_q[ln p(x|z,u)] −
 * KL(q(z|x,u) ‖ p(z|u))} with Gaussian q and p(z|u) = N(m(u), diag s²(u)). The label enters
 * networks as a one-hot vector beside a vector, or as constant planes beside an image where the
 * network convolves. As there is one row of m and s a label, a table is as general as any network
 * of u.
 */
abstract sealed class LabelledVae extends Model<Batch> implements Conditional
    permits ConditionalVae, Ivae {
  private final Vae.Config config;
  private final Net encoder;
  private final boolean planes;
  private final Net decoder;
  private final boolean decoderSeesLabel;
  private final Likelihood likelihood;
  private final Posterior posterior;
  private final Tensor means;
  private final Tensor logScales;

  /**
   * @param name in the catalogue
   * @param decoderSeesLabel p(x|z,u), else p(x|z)
   * @param learnsMean whether m(u) is learned, else 0
   * @param learnsScale whether s(u) is learned, else 1
   * @throws UserException if the data have no labels
   */
  LabelledVae(
      String name,
      DataSpec data,
      Params params,
      Vae.Config config,
      boolean decoderSeesLabel,
      boolean learnsMean,
      boolean learnsScale) {
    super(data, params);
    if (data.classes() == 0) {
      throw UserException.of(
          "model %s needs a label for every observation, and these data have none; name the column of a table with --set"
              + " label=COLUMN, or use a model without labels such as vae",
          name);
    }
    this.config = config;
    this.decoderSeesLabel = decoderSeesLabel;
    this.likelihood = config.likelihood().build(data, params);
    this.planes = List.of("conv", "resnet").contains(config.encoder().kind());
    this.posterior = config.posterior().build(params, "encoder", config.latent());
    this.encoder =
        config.encoder().encoder(params, "encoder", withLabel(data), posterior.outputs());
    int code = config.latent() + (decoderSeesLabel ? data.classes() : 0);
    NetSpec d = config.decoder();
    this.decoder = d.decoder(params, "decoder", code, likelihood.outputShape());
    Tensor zeros = Tensor.zeros(params.type(), data.classes(), config.latent());
    this.means = learnsMean ? params.parameter("prior.mean", zeros) : params.constant(zeros);
    this.logScales =
        learnsScale ? params.parameter("prior.log_scale", zeros) : params.constant(zeros);
  }

  /** What the encoder reads: x and u. */
  private Shape withLabel(DataSpec data) {
    Shape event = data.event();
    if (!planes || !event.isImage()) {
      return planes ? event : Shape.of(event.numel() + data.classes());
    }
    return Shape.of(event.at(0) + data.classes(), event.at(1), event.at(2));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    LatentVariableModel m = Conditional.view(this, batch);
    Distribution q = m.posterior(batch.x());
    Distribution.Drawn z = q.draw(step.rng(), config.samples());
    Tensor nll = Vae.reconstruction(batch.x(), m.likelihood(z.value()), config.samples());
    Tensor kl = KullbackLeibler.perElementOrSampled(q, m.prior(), z);
    return Vae.withKl(Loss.zero().plus("nll", nll), config, kl, step, 1);
  }

  @Override
  public LatentVariableModel given(Tensor labels) {
    return new Given(labels, labels.oneHot(classes()).to(params().type()));
  }

  @Override
  public int classes() {
    return data().classes();
  }

  @Override
  public int latent() {
    return config.latent();
  }

  /** p(x|z,u), u null for a decoder that does not see it. */
  final Distribution likelihood(Tensor z, Tensor u) {
    return likelihood.of(decoder.apply(u == null ? z : Tensor.cat(List.of(z, u), 1)));
  }

  /**
   * The model given labels; all its distributions have a row for each label, or k·batch where they
   * are asked for k·batch observations or codes.
   *
   * @param u the labels as one-hot rows
   */
  private final class Given implements LatentVariableModel {
    private final Tensor labels;
    private final Tensor u;

    Given(Tensor labels, Tensor u) {
      this.labels = labels;
      this.u = u;
    }

    private Tensor repeated(long rows) {
      return u.repeatBatch(Math.toIntExact(rows / u.size(0)));
    }

    @Override
    public Distribution posterior(Tensor of) {
      Tensor x = config.likelihood().read(of);
      Tensor v = repeated(x.size(0));
      Tensor in =
          planes
              ? Tensor.cat(
                  List.of(x, v.unsqueeze(2).unsqueeze(3).expand(-1, -1, x.size(2), x.size(3))), 1)
              : Tensor.cat(List.of(x.flatten(), v), 1);
      return posterior.of(encoder.apply(in));
    }

    @Override
    public Tensor code(Distribution q) {
      return Vae.codeOf(q);
    }

    @Override
    public Normal prior() {
      return new Normal(means.indexSelect(0, labels), logScales.indexSelect(0, labels));
    }

    @Override
    public Distribution likelihood(Tensor z) {
      return LabelledVae.this.likelihood(z, decoderSeesLabel ? repeated(z.size(0)) : null);
    }

    @Override
    public int latent() {
      return config.latent();
    }
  }
}
