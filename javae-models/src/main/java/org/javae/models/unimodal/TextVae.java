package org.javae.models.unimodal;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.model.ReadsText;
import org.javae.core.net.LanguageModel;
import org.javae.core.net.LstmEncoder;
import org.javae.core.objective.KlPenalty;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Variational autoencoder of sentences (Bowman et al., 2016, in the form of He et al., 2019):
 * maximises {@code E_q[Σ_t ln p(x_t | x_{<t}, z)] − KL(q(z|x) ‖ N(0, I))}, nats per sentence. An
 * LSTM reads the sentence, its last state gives μ and ln σ² of q; another one writes it, fed z at
 * every step. The decoder can do without z, so this is where the posterior collapses: word dropout,
 * a schedule of the KL term, free bits, or aggressive training of {@code encoder.*} are the cures.
 */
public final class TextVae extends Model<Batch> implements LatentVariableModel, ReadsText {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "variational autoencoder of sentences",
          "max  E_q(z|x)[Σ_t ln p(x_t | x_1 … x_t−1, z)] − KL(q(z|x) ‖ N(0, I))",
          "Bowman et al., 2016, Generating Sentences from a Continuous Space");

  /**
   * Settings.
   *
   * @param latent dimensions of z
   * @param embedding size of the words' vectors
   * @param units of each LSTM
   * @param word_dropout fraction of the words the decoder is fed in training that become unknown
   * @param dropout fraction of the decoder's embeddings and states set to zero in training
   * @param init weights of the LSTMs and the output start from U(−init, init); 0: Glorot's range
   * @param schedule weight of the KL term over training
   * @param kl what stands in the place of the KL term
   */
  public record Config(
      int latent,
      int embedding,
      int units,
      double word_dropout,
      double dropout,
      double init,
      Schedule schedule,
      @Optional KlPenalty kl)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.positive("embedding", embedding);
      Check.positive("units", units);
      Check.fraction("word_dropout", word_dropout);
      Check.fraction("dropout", dropout);
      Check.notNegative("init", init);
      kl = kl == null ? KlPenalty.PLAIN : kl;
    }

    /** A middle size for real text, with the dropout of He et al., 2019. */
    public static Config defaults(DataSpec d) {
      return new Config(32, 256, 256, 0, 0.5, 0, Schedule.CONSTANT, null);
    }
  }

  private final Config config;
  private final LstmEncoder encoder;
  private final LanguageModel decoder;
  private final Normal prior;

  /**
   * @throws UserException if the data are no text
   */
  public TextVae(DataSpec data, Params params, Config c) {
    super(data, params);
    if (!data.isText()) {
      throw UserException.of(
          "model text-vae reads sentences, but an observation here is %s numbers; give it a .txt file, or use vae",
          data.event());
    }
    this.config = c;
    int length = Math.toIntExact(data.event().at(0));
    this.encoder =
        new LstmEncoder(
            params, "encoder", data.vocabulary(), c.embedding, c.units, 2 * c.latent, c.init);
    this.decoder =
        new LanguageModel(
            params, "decoder", data.vocabulary(), length, c.latent, c.embedding, c.units, c.init);
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, c.latent));
    this.prior = new Normal(zeros, zeros);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Normal q = posterior(batch.x());
    Tensor z = q.rsample(step.rng());
    LanguageModel.Noise noise =
        step.training()
            ? new LanguageModel.Noise(config.word_dropout(), config.dropout(), step.rng())
            : null;
    Tensor kl = KullbackLeibler.perElement(q, prior);
    return Loss.zero()
        .plus("nll", decoder.logProb(batch.x(), z, noise).neg())
        .plus("kl", config.kl().of(kl, step).times(config.schedule().at(step)), kl.sumEvent());
  }

  @Override
  public Normal posterior(Tensor x) {
    var h = encoder.apply(x).chunk(2, 1);
    return new Normal(h.get(0), h.get(1).times(0.5)); // the network gives ln σ²
  }

  @Override
  public Normal prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return decoder.given(z);
  }

  /** Sentences drawn word by word: the likeliest words would always be the same few. */
  @Override
  public Tensor generate(int n, Rng rng) {
    return likelihood(prior.sample(rng, n)).sample(rng);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public int latent() {
    return config.latent();
  }
}
