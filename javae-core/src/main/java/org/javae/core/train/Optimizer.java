package org.javae.core.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
  private final long[] updates;
  private long steps;

  Optimizer(TrainConfig config, Params p) {
    this.config = config;
    this.params = p.trainable();
    this.names = p.trainableNames();
    this.updates = new long[names.size()];
    boolean sgd = config.optimizer().equals("sgd");
    // The engine refuses momenta that have nothing to do.
    this.first = sgd && config.momentum() == 0 ? List.of() : zeros();
    this.second = sgd ? List.of() : zeros();
  }

  private List<Tensor> zeros() {
    return params.stream().map(Tensor::zerosLike).toList();
  }

  /**
   * One step.
   *
   * @param gradients of all parameters; null leaves a parameter and its moments as they are
   */
  void step(List<Tensor> gradients, double lr) {
    steps++;
    update(gradients, lr);
  }

  /** A step that does not count as one of training: an inner update of some parameters. */
  void inner(List<Tensor> gradients, double lr) {
    update(gradients, lr);
  }

  /**
   * Parameters that have seen equally many updates share a call, as the bias correction of Adam
   * depends on that number.
   */
  private void update(List<Tensor> gradients, double lr) {
    Map<Long, List<Integer>> together = new TreeMap<>();
    for (int i = 0; i < gradients.size(); i++) {
      if (gradients.get(i) != null) {
        together.computeIfAbsent(++updates[i], k -> new ArrayList<>()).add(i);
      }
    }
    together.forEach((n, which) -> update(which, gradients, n, lr));
  }

  private void update(List<Integer> which, List<Tensor> gradients, long n, double lr) {
    List<Tensor> p = pick(params, which);
    List<Tensor> g = pick(gradients, which);
    if (config.optimizer().equals("sgd")) {
      Fused.sgd(
          p, g, pick(first, which), lr, config.momentum(), config.weight_decay(), false, n == 1);
    } else {
      count.fillInPlace(n);
      Fused.adam(
          p,
          g,
          pick(first, which),
          pick(second, which),
          count,
          lr,
          0.9,
          0.999,
          config.weight_decay(),
          1e-8,
          config.optimizer().equals("adamw"));
    }
  }

  private static List<Tensor> pick(List<Tensor> all, List<Integer> which) {
    return all.isEmpty() || which.size() == all.size()
        ? all
        : which.stream().map(all::get).toList();
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

  /** Updates so far of each parameter that has had another number than there were steps. */
  Map<String, Long> updates() {
    Map<String, Long> m = new LinkedHashMap<>();
    for (int i = 0; i < updates.length; i++) {
      if (updates[i] != steps) {
        m.put(names.get(i), updates[i]);
      }
    }
    return m;
  }

  /** Sets the counts; the moments are restored through {@link #state}. */
  void restore(long atStep, Map<String, Long> others) {
    steps = atStep;
    for (int i = 0; i < updates.length; i++) {
      updates[i] = others == null ? atStep : others.getOrDefault(names.get(i), atStep);
    }
  }
}
