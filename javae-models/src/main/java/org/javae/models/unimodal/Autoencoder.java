package org.javae.models.unimodal;

import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.Defaults;
import org.javae.core.model.Encodes;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Deterministic autoencoder (Hinton and Salakhutdinov, 2006): minimises {@code ‖x − D(E(x))‖²},
 * summed over elements.
 */
public class Autoencoder extends Model<Batch> implements Encodes, Decodes {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "deterministic autoencoder", "min  ‖x − D(E(x))‖²", "Hinton and Salakhutdinov, 2006");

  /**
   * Settings.
   *
   * @param latent size of the code
   * @param encoder E
   * @param decoder D; by default the encoder in reverse
   */
  public record Config(int latent, NetSpec encoder, @Optional NetSpec decoder)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      decoder = decoder == null ? encoder.mirrored() : decoder;
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(Defaults.latent(d), Defaults.encoder(d), null);
    }
  }

  private final Config config;
  private final Net encoder;
  private final Net decoder;

  public Autoencoder(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.encoder = config.encoder().encoder(params, "encoder", data.event(), config.latent());
    this.decoder = config.decoder().decoder(params, "decoder", config.latent(), data.event());
  }

  @Override
  public final Loss loss(Batch batch, Step step) {
    Tensor x = batch.x();
    Tensor z = encode(x);
    Tensor error = decode(z).minus(x).square().sumEvent();
    return objective(Loss.zero().plus("squared_error", error), z, step);
  }

  /**
   * What is minimised.
   *
   * @param squaredError the loss of the plain autoencoder
   * @param z the codes, {@code [batch, latent]}
   */
  protected Loss objective(Loss squaredError, Tensor z, Step step) {
    return squaredError;
  }

  @Override
  public Tensor encode(Tensor x) {
    return encoder.apply(x);
  }

  @Override
  public Tensor decode(Tensor z) {
    return decoder.apply(z);
  }

  @Override
  public int latent() {
    return config.latent();
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  /** E. */
  public Net encoder() {
    return encoder;
  }

  /** D. */
  public Net decoder() {
    return decoder;
  }
}
