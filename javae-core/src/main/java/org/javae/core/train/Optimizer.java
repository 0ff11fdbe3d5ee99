package org.javae.core.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.model.Params;
import org.javae.tensor.Fused;
import org.javae.tensor.Tensor;

/** Updates parameters from gradients; its moments are part of a checkpoint. */
final class Optimizer {
  private final TrainConfig config;
  private final List<Tensor> params;
  private final List<String> names;
  private final List<Tensor> first;
  private final List<Tensor> second;
  private final Tensor count = Tensor.zeros();
  private long steps;

  Optimizer(TrainConfig config, Params p) {
    this.config = config;
    this.params = p.trainable();
    this.names = p.trainableNames();
    boolean sgd = config.optimizer().equals("sgd");
    // The engine refuses momenta that have nothing to do.
    this.first = sgd && config.momentum() == 0 ? List.of() : zeros();
    this.second = sgd ? List.of() : zeros();
  }

  private List<Tensor> zeros() {
    return params.stream().map(Tensor::zerosLike).toList();
  }

  void step(List<Tensor> gradients, double lr) {
    steps++;
    if (config.optimizer().equals("sgd")) {
      Fused.sgd(
          params,
          gradients,
          first,
          lr,
          config.momentum(),
          config.weight_decay(),
          false,
          steps == 1);
    } else {
      count.fillInPlace(steps);
      Fused.adam(
          params,
          gradients,
          first,
          second,
          count,
          lr,
          0.9,
          0.999,
          config.weight_decay(),
          1e-8,
          config.optimizer().equals("adamw"));
    }
  }

  long steps() {
    return steps;
  }

  Map<String, Tensor> state() {
    Map<String, Tensor> m = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (!first.isEmpty()) {
        m.put("first/" + names.get(i), first.get(i));
      }
      if (!second.isEmpty()) {
        m.put("second/" + names.get(i), second.get(i));
      }
    }
    return m;
  }

  /** Sets the step count; the moments are restored through {@link #state}. */
  void restore(long atStep) {
    steps = atStep;
  }
}
