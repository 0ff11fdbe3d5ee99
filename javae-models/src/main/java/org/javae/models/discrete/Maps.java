package org.javae.models.discrete;

import java.util.Arrays;
import java.util.List;
import org.javae.core.model.Params;
import org.javae.core.net.Layer;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** What the models share that quantise maps. */
final class Maps {
  private Maps() {}

  /** That a decoder begins at the map the encoder leaves. */
  static void same(NetSpec encoder, NetSpec decoder, Shape image) {
    if (!decoder.keepsMap() || !Arrays.equals(encoder.map(image), decoder.map(image))) {
      throw UserException.usage(
          "encoder '%s' leaves a map of %dx%d codes, which decoder '%s' does not begin at; leave the decoder out or halve as"
              + " often",
          encoder, encoder.map(image)[0], encoder.map(image)[1], decoder);
    }
  }

  /** One affine map of the channels, the same at every place. */
  static Net point(Params p, String name, int in, int out) {
    Tensor w = p.glorot(name + ".weight", 1, in, out, out, in, 1, 1);
    Tensor b = p.parameter(name + ".bias", Tensor.zeros(out));
    return new Net(name, List.of(new Layer.Conv(name, w, b, 1, 0)));
  }
}
