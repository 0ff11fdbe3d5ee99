package org.javae.core.net;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.Vocabulary;
import org.javae.core.distribution.Distribution;
import org.javae.core.model.Params;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A language model of sentences given a code, {@code p(x|z) = Π_t p(x_t | x_{<t}, z)} (Bowman et
 * al., 2016): an LSTM that starts from {@code c₀ = A z + a, h₀ = tanh(c₀)}, is fed the embedding of
 * the word before and z at every step, and whose states give the logits of the next token.
 *
 * <p>A sentence ends with its end mark, or at {@code length} tokens without one; what can follow a
 * word is any word, the unknown one or the end. The probabilities of all sentences therefore sum to
 * 1, and padding has none of its own. Where training is teacher forced the whole sentence goes
 * through in one call, and logits are made for tokens only, never for padding.
 */
public final class LanguageModel {
  /** Embeddings start from U(−0.1, 0.1), as those of He et al., 2019. */
  static final double EMBEDDING_WIDTH = 0.1;

  /** Padding and the start mark are never predicted: logits begin with the end mark's. */
  private static final int FIRST = Vocabulary.END;

  private final int length;
  private final int latent;
  private final Tensor embedding;
  private final Net start;
  private final Lstm lstm;
  private final Tensor output;

  /**
   * What training does to its inputs, against a decoder that ignores z.
   *
   * @param words fraction of the words fed that become unknown (Bowman et al., 2016)
   * @param units fraction of the embeddings' and of the states' elements set to zero
   */
  public record Noise(double words, double units, Rng rng) {}

  /**
   * Registers the parameters {@code name.embedding}, {@code name.start.…}, {@code name.lstm.…} and
   * {@code name.output}.
   *
   * @param vocabulary number of tokens, marks included
   * @param length tokens of the longest sentence
   * @param width see {@link Lstm#of}
   */
  public LanguageModel(
      Params p,
      String name,
      int vocabulary,
      int length,
      int latent,
      int embedding,
      int units,
      double width) {
    this.length = length;
    this.latent = latent;
    this.embedding = p.uniform(name + ".embedding", EMBEDDING_WIDTH, vocabulary, embedding);
    this.start = NetSpec.LINEAR.decoder(p, name + ".start", latent, Shape.of(units));
    this.lstm = Lstm.of(p, name + ".lstm", (long) embedding + latent, units, width);
    int out = vocabulary - FIRST;
    this.output =
        width > 0
            ? p.uniform(name + ".output", width, out, units)
            : p.glorot(name + ".output", 1, units, out, out, units);
  }

  /** p(x|z) for a batch of codes. */
  public Distribution given(Tensor z) {
    return new Given(z);
  }

  /**
   * ln p(x|z), teacher forced: {@code [batch]}.
   *
   * @param x {@code [batch, length]}
   * @param z {@code [batch, latent]}, or one row for all
   * @param noise of training, or null
   */
  public Tensor logProb(Tensor x, Tensor z, Noise noise) {
    Tensor ids = Tokens.trimmed(x);
    long batch = ids.size(0);
    Tensor code = z.size(0) == batch ? z : z.expand(batch, latent);
    return Tokens.byRows(
        batch,
        ids.size(1) * (output.size(0) + embedding.size(1) + 8 * lstm.units()),
        part -> forced(ids.narrow(0, part[0], part[1]), code.narrow(0, part[0], part[1]), noise));
  }

  private Tensor forced(Tensor ids, Tensor z, Noise noise) {
    long batch = ids.size(0);
    long time = ids.size(1);
    Tensor before = ids.narrow(1, 0, time - 1);
    if (noise != null && noise.words() > 0) {
      Tensor unknown = Tensor.of(new long[] {Vocabulary.UNKNOWN}, 1, 1);
      before =
          Tensor.where(noise.rng().uniform(batch, time - 1).lt(noise.words()), unknown, before);
    }
    Tensor first = Tensor.of(new long[] {Vocabulary.START}, 1, 1).expand(batch, 1);
    Tensor words = embedding.embedding(Tensor.cat(List.of(first, before), 1));
    if (noise != null) {
      words = Tokens.dropout(words, noise.units(), noise.rng());
    }
    Tensor c = start.apply(z);
    Tensor states = lstm.apply(withCode(words, z), c.tanh(), c).states();
    // From here on tokens only, one below the other.
    Tensor tokens = ids.gt(Vocabulary.PAD).positions();
    Tensor sentence = Tensor.arange(batch).unsqueeze(1).expand(batch, time).reshape(-1);
    Tensor h = states.reshape(batch * time, lstm.units()).indexSelect(0, tokens);
    if (noise != null) {
      h = Tokens.dropout(h, noise.units(), noise.rng());
    }
    Tensor target = ids.reshape(-1).indexSelect(0, tokens).minus(Tensor.of(new long[] {FIRST}, 1));
    return h.linear(output, null)
        .crossEntropy(target)
        .neg()
        .segmentSum(sentence.indexSelect(0, tokens), batch);
  }

  private Tensor withCode(Tensor words, Tensor z) {
    Tensor code = z.unsqueeze(1).expand(z.size(0), words.size(1), latent);
    return Tensor.cat(List.of(words, code), 2);
  }

  /** A sentence for each code, drawn word by word; the likeliest word each time if rng is null. */
  private Tensor decode(Tensor codes, Rng rng) {
    return Autograd.off(
        () ->
            Tokens.byRows(
                codes.size(0),
                8 * (output.size(0) + embedding.size(1) + 8 * lstm.units()),
                part -> words(codes.narrow(0, part[0], part[1]), rng)));
  }

  private record Now(Tensor h, Tensor c, Tensor token) {}

  private Tensor words(Tensor z, Rng rng) {
    long batch = z.size(0);
    Tensor c = start.apply(z);
    Tensor pad = Tensor.zeros(DType.INT64, batch);
    Tensor startMark = Tensor.of(new long[] {Vocabulary.START}, 1).expand(batch);
    List<Tensor> sentence = new ArrayList<>();
    Now now = new Now(c.tanh(), c, startMark);
    while (sentence.size() < length) {
      Now last = now;
      Tensor end = sentence.isEmpty() ? null : last.token().le(Vocabulary.END);
      now = Scope.run(() -> next(last, z, end, pad, rng));
      sentence.add(now.token());
      if (now.token().max().item() <= Vocabulary.END) {
        break; // all are at or behind their end
      }
    }
    while (sentence.size() < length) {
      sentence.add(pad);
    }
    return Tensor.stack(sentence, 1).to(z.dtype());
  }

  private Now next(Now last, Tensor z, Tensor ended, Tensor pad, Rng rng) {
    Tensor word = embedding.embedding(last.token()).unsqueeze(1);
    Lstm.Result r = lstm.apply(withCode(word, z), last.h(), last.c());
    Tensor logits = r.h().linear(output, null);
    Tensor choice =
        rng == null ? logits.argmax(1) : rng.multinomial(logits.softmax(1), 1).reshape(-1);
    Tensor token = choice.plus(Tensor.of(new long[] {FIRST}, 1));
    return new Now(r.h(), r.c(), ended == null ? token : Tensor.where(ended, pad, token));
  }

  /** The distribution of sentences given codes. */
  private final class Given implements Distribution {
    private final Tensor z;

    Given(Tensor z) {
      this.z = z;
    }

    @Override
    public Tensor rsample(Rng r, int k) {
      throw new UnsupportedOperationException("a sentence cannot be reparameterised");
    }

    @Override
    public Tensor sample(Rng r, int k) {
      return decode(z.repeatBatch(k), r);
    }

    @Override
    public Tensor logProb(Tensor x) {
      return LanguageModel.this.logProb(x, z, null);
    }

    @Override
    public Tensor elementLogProb(Tensor x) {
      throw new UnsupportedOperationException("the words of a sentence are not independent");
    }

    /** The likeliest word, one after another: a sentence, where an expectation would be none. */
    @Override
    public Tensor mean() {
      return decode(z, null);
    }

    @Override
    public Shape shape() {
      return Shape.of(z.size(0), length);
    }

    @Override
    public Distribution repeat(int k) {
      return new Given(z.repeatBatch(k));
    }
  }
}
