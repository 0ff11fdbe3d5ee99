package org.javae.core.net;

import org.javae.core.model.Params;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A sentence as one vector: the state of an LSTM after its last token, through an affine map. The
 * padding behind a sentence has no influence.
 */
public final class LstmEncoder {
  private final Tensor embedding;
  private final Lstm lstm;
  private final Net head;

  /**
   * Registers the parameters {@code name.embedding}, {@code name.lstm.…} and {@code name.head.…}.
   *
   * @param vocabulary number of tokens, marks included
   * @param out size of the result
   * @param width see {@link Lstm#of}
   */
  public LstmEncoder(
      Params p, String name, int vocabulary, int embedding, int units, int out, double width) {
    this.embedding =
        p.uniform(name + ".embedding", LanguageModel.EMBEDDING_WIDTH, vocabulary, embedding);
    this.lstm = Lstm.of(p, name + ".lstm", embedding, units, width);
    this.head = NetSpec.LINEAR.encoder(p, name + ".head", Shape.of(units), out);
  }

  /** {@code [batch, length]} to {@code [batch, out]}. */
  public Tensor apply(Tensor x) {
    Tensor ids = Tokens.trimmed(x);
    return Tokens.byRows(
        ids.size(0),
        ids.size(1) * (embedding.size(1) + 8 * lstm.units()),
        part -> encode(ids.narrow(0, part[0], part[1])));
  }

  private Tensor encode(Tensor ids) {
    long batch = ids.size(0);
    long length = ids.size(1);
    Tensor states = lstm.apply(embedding.embedding(ids)).states();
    // Row-major positions of the last tokens: as many steps on as tokens follow the first.
    Tensor after = Tokens.lengths(ids.narrow(1, 1, length - 1));
    Tensor last = Tensor.arange(batch).times(Tensor.of(new long[] {length}, 1)).plus(after);
    return head.apply(states.reshape(batch * length, lstm.units()).indexSelect(0, last));
  }
}
