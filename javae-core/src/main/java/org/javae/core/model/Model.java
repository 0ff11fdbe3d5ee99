package org.javae.core.model;

import org.javae.core.train.Step;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * A model: a validated configuration, the data it was made for, its tensors, and a loss.
 *
 * @param <B> what a batch is: {@link Batch} for one block of data
 */
public abstract class Model<B> implements Scope.Holder {
  private final DataSpec data;
  private final Params params;

  protected Model(DataSpec data, Params params) {
    this.data = data;
    this.params = params;
  }

  /** The configuration it was built from, complete with defaults. */
  public abstract ModelConfig config();

  /**
   * The training loss of each observation of the batch with its named terms.
   *
   * @throws UnsupportedOperationException if this model is fitted in closed form ({@link
   *     ClosedForm})
   */
  public abstract Loss loss(B batch, Step step);

  /**
   * Most observations whose loss fits into memory at once: the trainer takes larger batches in
   * parts and adds the gradients up. Without a limit unless a model says otherwise.
   */
  public int rowsAtOnce() {
    return Integer.MAX_VALUE;
  }

  /**
   * Whether validation losses of different epochs mean the same. Where a moving critic measures
   * them they do not: then the last epoch counts as the best, and nothing stops early.
   */
  public boolean lossesCompare() {
    return true;
  }

  /** What the model knows of its data. */
  public final DataSpec data() {
    return data;
  }

  /** The model's tensors by name. */
  public final Params params() {
    return params;
  }

  @Override
  public Iterable<Tensor> tensors() {
    return params.tensors();
  }
}
