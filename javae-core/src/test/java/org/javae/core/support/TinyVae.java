package org.javae.core.support;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.Divergence;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/** A small VAE, so that core's tests need no catalogue. */
public final class TinyVae extends Model<Batch> implements LatentVariableModel {
  /** Its line in a catalogue. */
  public static final CatalogEntry<Config> ENTRY =
      CatalogEntry.of(
          "tiny",
          new About("tiny", "", ""),
          Config.class,
          d ->
              new Config(
                  2,
                  NetSpec.parse("mlp:6/tanh"),
                  null,
                  LikelihoodSpec.parse("bernoulli"),
                  Schedule.parse("linear:2"),
                  1),
          TinyVae::new);

  /** Settings. */
  public record Config(
      int latent,
      NetSpec encoder,
      @Optional NetSpec decoder,
      LikelihoodSpec likelihood,
      Schedule schedule,
      double beta)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.notNegative("beta", beta);
      decoder = decoder == null ? encoder.mirrored() : decoder;
    }
  }

  private final Config config;
  private final Net encoder;
  private final Net decoder;
  private final Likelihood likelihood;
  private final Normal prior;

  public TinyVae(DataSpec data, Params p, Config config) {
    super(data, p);
    this.config = config;
    this.likelihood = config.likelihood().build(data, p);
    this.encoder = config.encoder().encoder(p, "encoder", data.event(), 2 * config.latent());
    this.decoder =
        config.decoder().decoder(p, "decoder", config.latent(), likelihood.outputShape());
    this.prior = Normal.standard(p.type(), config.latent());
  }

  @Override
  public Loss loss(Batch b, Step s) {
    Normal q = posterior(b.x());
    Tensor z = q.rsample(s.rng().split("z"));
    double weight = config.beta() * config.schedule().at(s);
    return Loss.zero()
        .plus("nll", likelihood(z).logProb(b.x()).neg())
        .plus("kl", weight, Divergence.KL.between(q, prior, z));
  }

  @Override
  public Normal posterior(Tensor x) {
    List<Tensor> h = encoder.apply(x).chunk(2, 1);
    return new Normal(h.get(0), h.get(1));
  }

  @Override
  public Normal prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return likelihood.of(decoder.apply(z));
  }

  @Override
  public int latent() {
    return config.latent();
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public Iterable<Tensor> tensors() {
    List<Tensor> all = new ArrayList<>(params().all().values());
    all.add(prior.mean());
    all.add(prior.logScale());
    return all;
  }
}
