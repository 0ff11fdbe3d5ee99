package org.javae.core.model;

import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Shape;

/** Settings that suit the data, where the user gives none. */
public final class Defaults {
  private Defaults() {}

  /**
   * A tenth of a table's columns at least 2, at most 16; 10 for small images, 32 for colour ones.
   */
  public static int latent(DataSpec d) {
    if (d.event().isImage()) {
      return d.event().at(0) == 1 ? 10 : 32;
    }
    return (int)
        Math.max(1, Math.min(16, Math.min(d.event().numel() - 1, 2 + d.event().numel() / 10)));
  }

  /** Convolutions for images beyond MNIST's size, else a multi-layer perceptron. */
  public static NetSpec encoder(DataSpec d) {
    Shape s = d.event();
    if (s.isImage() && s.numel() > 1024 && Math.min(s.at(1), s.at(2)) >= 16) {
      return NetSpec.parse("conv:32,32,64,64");
    }
    return NetSpec.parse(s.isImage() ? "mlp:512,512" : "mlp:128,128");
  }

  /**
   * By the values: binary, mixed table, unit interval (images as Gaussians with one learned scale),
   * or real.
   */
  public static LikelihoodSpec likelihood(DataSpec d) {
    if (d.mixed()) {
      return LikelihoodSpec.parse("mixed");
    }
    return LikelihoodSpec.parse(d.binary() ? "bernoulli" : "gaussian");
  }
}
