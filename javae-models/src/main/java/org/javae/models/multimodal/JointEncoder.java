package org.javae.models.multimodal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * One Gaussian q(z|x_S) from several views at once, for any subset S: {@code g(tanh Σₘ∈S fₘ(xₘ))}.
 * The first layer over joined features is a sum over views, an absent one enters as zeros, and the
 * bias of fₘ, which is there or not with its view, is the weight of its presence indicator. The
 * order of the views does not matter.
 */
final class JointEncoder {
  private final ViewNets nets;
  private final List<Integer> views;
  private final List<Function<Tensor, Tensor>> features = new ArrayList<>();
  private final Net head;
  private final int latent;

  /**
   * @param name of the parameters: {@code name.VIEW…} and {@code name.head…}
   * @param views the views it may read
   * @param width of the layers where they meet
   */
  JointEncoder(
      ViewNets nets, Params params, String name, List<Integer> views, int width, int latent) {
    this.nets = nets;
    this.views = views;
    this.latent = latent;
    views.forEach(m -> features.add(nets.encoder(m, name, width)));
    NetSpec spec = NetSpec.parse("mlp:" + width + "/tanh");
    this.head = spec.encoder(params, name + ".head", Shape.of(width), 2 * latent);
  }

  /** fₘ(xₘ) of flat observations, to be read as several subsets. */
  List<Tensor> features(Tensor x) {
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      all.add(features.get(i).apply(nets.view(views.get(i), x)));
    }
    return all;
  }

  /**
   * tanh Σₘ∈S fₘ(xₘ): {@code [batch, width]}.
   *
   * @param features as {@link #features} gives them
   * @param subset S of each observation, {@code [batch, M]}
   */
  Tensor context(List<Tensor> features, Tensor subset) {
    Tensor sum = null;
    for (int i = 0; i < views.size(); i++) {
      Tensor f = features.get(i).times(subset.narrow(1, views.get(i), 1));
      sum = sum == null ? f : sum.plus(f);
    }
    return sum.tanh();
  }

  /** q(z|x_S), S as for {@link #context}. */
  Normal of(List<Tensor> features, Tensor subset) {
    return of(context(features, subset));
  }

  /** g. */
  Normal of(Tensor context) {
    Tensor h = head.apply(context);
    return new Normal(h.narrow(1, 0, latent), h.narrow(1, latent, latent));
  }
}
