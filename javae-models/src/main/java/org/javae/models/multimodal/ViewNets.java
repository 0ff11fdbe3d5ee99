package org.javae.models.multimodal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Observed;
import org.javae.core.distribution.Product;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.core.model.View;
import org.javae.core.net.LanguageModel;
import org.javae.core.net.LstmEncoder;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The networks of every view: an encoder, a decoder and a likelihood each, as its manifest, the
 * model's settings or its shape say. Text is read and spoken by LSTMs, everything else by the
 * networks of {@link NetSpec}.
 */
final class ViewNets {
  /** Most units of the LSTMs that read and speak text. */
  private static final int TEXT_UNITS = 128;

  private final List<View> views;
  private final List<Function<Tensor, Tensor>> decoders = new ArrayList<>();
  private final List<Function<Tensor, Distribution>> likelihoods = new ArrayList<>();
  private final NetSpec encoder;
  private final Params params;

  /**
   * @param encoder network of all views that name none of their own, or null
   * @param decoder the same for their decoders; null for the encoder's in reverse
   * @param code numbers a decoder is given
   * @param decoded the views that have a decoder
   */
  ViewNets(
      DataSpec data,
      Params params,
      NetSpec encoder,
      NetSpec decoder,
      int code,
      List<Integer> decoded) {
    this.views = data.views();
    this.encoder = encoder;
    this.params = params;
    for (int m = 0; m < views.size(); m++) {
      boolean has = decoded.contains(m);
      decoders.add(has ? decoder(views.get(m), decoder, code) : null);
      if (!has) {
        likelihoods.add(null);
      }
    }
  }

  /**
   * @throws UserException if the data are one block
   */
  static void needViews(DataSpec data) {
    if (data.views().isEmpty()) {
      throw UserException.of(
          "this model reads several views of an observation, and these data are one block; name a views.yaml or data such as"
              + " strokes-label, or use --model vae");
    }
  }

  /**
   * Encoders of all views, called {@code name.VIEW}: {@code [batch, event…]} to {@code [batch,
   * out]}.
   */
  List<Function<Tensor, Tensor>> encoders(String name, int out) {
    return views.stream().map(v -> encoder(v, name + "." + v.name(), out)).toList();
  }

  /** An encoder of view m, called {@code name.VIEW}. */
  Function<Tensor, Tensor> encoder(int m, String name, int out) {
    return encoder(views.get(m), name + "." + views.get(m).name(), out);
  }

  private Function<Tensor, Tensor> encoder(View v, String name, int out) {
    DataSpec d = v.data();
    if (d.isText()) {
      return new LstmEncoder(params, name, d.vocabulary(), units(d), units(d), out, 0)::apply;
    }
    Net net = spec(v).encoder(params, name, d.event(), out);
    LikelihoodSpec likelihood = v.likelihoodOr();
    return x -> net.apply(likelihood.read(x));
  }

  /** The view's own network, else that of the settings, else what suits its shape. */
  private NetSpec spec(View v) {
    return v.network() == null && encoder != null ? encoder : v.networkOr();
  }

  private Function<Tensor, Tensor> decoder(View v, NetSpec given, int code) {
    DataSpec d = v.data();
    String name = "decoder." + v.name();
    if (d.isText()) {
      int length = Math.toIntExact(d.event().at(0));
      LanguageModel m =
          new LanguageModel(params, name, d.vocabulary(), length, code, units(d), units(d), 0);
      likelihoods.add(m::given);
      return z -> z;
    }
    Likelihood l = v.likelihoodOr().build(d, params.within(name));
    NetSpec spec = v.network() == null && given != null ? given : spec(v).mirrored();
    Net net = spec.decoder(params, name, code, l.outputShape());
    likelihoods.add(l::of);
    return net::apply;
  }

  /** Few words need few units. */
  private static int units(DataSpec d) {
    return Math.min(TEXT_UNITS, 2 * d.vocabulary());
  }

  /** Number of views. */
  int size() {
    return views.size();
  }

  /** View m of flat observations: {@code [batch, event…]}. */
  Tensor view(int m, Tensor x) {
    return views.get(m).of(x);
  }

  /** p(x_m|z): batch of z. */
  Distribution likelihood(int m, Tensor z) {
    return likelihoods.get(m).apply(decoders.get(m).apply(z));
  }

  /** p(x|z) of the views that are there, each from a code of its own. */
  Observed likelihood(List<Tensor> codes, Tensor present) {
    List<Distribution> parts = new ArrayList<>();
    for (int m = 0; m < size(); m++) {
      parts.add(likelihood(m, codes.get(m)));
    }
    return new Observed(new Product(parts), present);
  }
}
