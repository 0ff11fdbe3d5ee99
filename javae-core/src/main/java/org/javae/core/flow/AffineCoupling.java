package org.javae.core.flow;

import org.javae.core.model.Params;
import org.javae.core.net.Layer;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * One affine coupling layer of RealNVP (Dinh, Sohl-Dickstein and Bengio, 2017, equation (9)), read
 * from data to noise: with a mask b of every other element {@code u = b ⊙ x + (1 − b) ⊙ (x − t(b ⊙
 * x)) exp(−s(b ⊙ x))}. Elements that stay decide how the others move, so both directions take one
 * pass of the network. Layers of even and odd index move the two halves in turn.
 */
public final class AffineCoupling implements Flow {
  private final int size;
  private final Tensor stay;
  private final Tensor move;
  private final Net net;

  /**
   * A layer whose network has two hidden layers of this width; it starts as the identity.
   *
   * @param index of the layer in its flow
   */
  public AffineCoupling(Params p, String name, int size, int width, int index) {
    this.size = size;
    float[] b = new float[size];
    for (int i = 0; i < size; i++) {
      b[i] = (i + index) % 2;
    }
    this.stay = p.constant(Tensor.of(b, 1, size).to(p.type()));
    this.move = p.constant(stay.neg().plus(1));
    this.net =
        NetSpec.parse("mlp:" + width + "," + width + "/tanh")
            .decoder(p, name, size, Shape.of(2L * size));
    if (net.layers().get(net.layers().size() - 1) instanceof Layer.Linear last) {
      last.weight().fillInPlace(0);
    }
  }

  private Affine affine(Tensor x) {
    return Affine.of(net.apply(x.times(stay))).where(move);
  }

  @Override
  public Mapped forward(Tensor x) {
    return affine(x).forward(x);
  }

  @Override
  public Tensor inverse(Tensor u) {
    return affine(u).inverse(u); // what decides has stayed
  }

  @Override
  public int size() {
    return size;
  }
}
