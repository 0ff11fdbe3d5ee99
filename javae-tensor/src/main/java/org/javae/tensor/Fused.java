package org.javae.tensor;

import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * Optimiser updates in one pass over parameters, gradients and moments, through the engine's
 * dispatcher: the functional Java binding has no name for them. One pass reads each value once
 * where the textbook sequence of tensor operations reads it five times.
 */
public final class Fused {
  private static OperatorHandle adam;
  private static OperatorHandle adamw;
  private static OperatorHandle sgd;

  private Fused() {}

  /**
   * Adam (Kingma and Ba, 2015, Algorithm 1) in place; {@code decoupled} applies weight decay to the
   * parameters (AdamW, Loshchilov and Hutter, 2019) instead of adding it to the gradients.
   *
   * @param step a float32 scalar tensor with the 1-based step count
   */
  public static synchronized void adam(
      List<Tensor> params,
      List<Tensor> grads,
      List<Tensor> m,
      List<Tensor> v,
      Tensor step,
      double lr,
      double beta1,
      double beta2,
      double weightDecay,
      double eps,
      boolean decoupled) {
    if (adam == null) {
      adam = schema("aten::_fused_adam_");
      adamw = schema("aten::_fused_adamw_");
    }
    IValueVector s = new IValueVector();
    s.push_back(list(params));
    s.push_back(list(grads));
    s.push_back(list(m));
    s.push_back(list(v));
    s.push_back(list(List.of()));
    s.push_back(list(Collections.nCopies(params.size(), step)));
    for (double d : new double[] {lr, beta1, beta2, weightDecay, eps}) {
      s.push_back(new IValue(d));
    }
    s.push_back(new IValue(false));
    s.push_back(new IValue(false));
    s.push_back(new IValue());
    s.push_back(new IValue());
    call(decoupled ? adamw : adam, s);
  }

  /**
   * Stochastic gradient descent with optional momentum, in place. {@code first} initialises the
   * momentum.
   */
  public static synchronized void sgd(
      List<Tensor> params,
      List<Tensor> grads,
      List<Tensor> momenta,
      double lr,
      double momentum,
      double weightDecay,
      boolean nesterov,
      boolean first) {
    if (sgd == null) {
      sgd = schema("aten::_fused_sgd_");
    }
    IValueVector s = new IValueVector();
    s.push_back(list(params));
    s.push_back(list(grads));
    s.push_back(list(momenta));
    s.push_back(new IValue(weightDecay));
    s.push_back(new IValue(momentum));
    s.push_back(new IValue(lr));
    s.push_back(new IValue(0.0));
    s.push_back(new IValue(nesterov));
    s.push_back(new IValue(false));
    s.push_back(new IValue(first));
    s.push_back(new IValue());
    s.push_back(new IValue());
    call(sgd, s);
  }

  private static void call(OperatorHandle op, IValueVector stack) {
    try {
      Autograd.off(() -> op.callBoxed(stack));
    } catch (RuntimeException e) {
      throw EngineException.shortened("optimiser step", e);
    }
  }

  private static OperatorHandle schema(String name) {
    Engine.start();
    OperatorHandle h = Dispatcher.singleton().findSchemaOrThrow(name, "");
    h.retainReference();
    return h;
  }

  private static IValue list(List<Tensor> tensors) {
    GenericList g = new GenericList(new Type.TypePtr(TensorType.get()));
    for (Tensor t : tensors) {
      g.push_back(new IValue(t.raw()));
    }
    return new IValue(g);
  }
}
