package org.javae.core.train;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.javae.core.io.Json;
import org.javae.core.io.SafeTensors;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * All that training needs to go on to the same bits, as one safetensors file: tensors under {@code
 * param/}, {@code first/}, {@code second/}, {@code ema/}, {@code best/}, random states under {@code
 * rng/}, and the numbers below as JSON in its metadata. A run stopped between two good states
 * carries the earlier one too, under {@code good/} and {@code good-rng/}, as a later divergence
 * returns to it. One file, renamed into place, is consistent at any moment; a checksum finds what a
 * disk did to it.
 */
record Checkpoint(Position position, Position good, Map<String, Tensor> tensors) {
  /**
   * The numbers.
   *
   * @param epoch 0-based epoch in progress
   * @param batch next batch of it
   * @param best validation loss so far, null before the first
   * @param updates of parameters that have had another number of updates than there were steps
   * @param aggressive whether the inference network is still trained by inner loops
   * @param sums of loss terms over the epoch so far
   * @param config what the run was started with; resuming with something else is refused
   */
  record Position(
      long step,
      int epoch,
      int batch,
      double lrFactor,
      int tries,
      Double best,
      int bestEpoch,
      int sinceBest,
      Map<String, Long> updates,
      boolean aggressive,
      double seconds,
      Map<String, Double> sums,
      List<EpochRecord> history,
      String config) {}

  void write(Path file) {
    String now = Json.toString(position);
    String before = good == null ? "" : Json.toString(good);
    SafeTensors.write(
        file,
        tensors,
        Map.of("position", now, "good", before, "checksum", checksum(now + before, tensors)));
  }

  private static String checksum(String json, Map<String, Tensor> tensors) {
    CRC32C sum = new CRC32C();
    sum.update(json.getBytes(StandardCharsets.UTF_8));
    new TreeMap<>(tensors)
        .forEach(
            (name, t) -> {
              sum.update((name + t.dtype() + t.shape()).getBytes(StandardCharsets.UTF_8));
              sum.update(t.toBytes());
            });
    return Long.toHexString(sum.getValue());
  }

  static Checkpoint read(Path file) {
    if (!Files.exists(file)) {
      throw UserException.of(
          "there is no checkpoint in %s to resume from; start the run without --resume",
          file.getParent().getFileName());
    }
    SafeTensors.Loaded l = SafeTensors.read(file);
    String now = l.metadata().get("position");
    String before = l.metadata().get("good");
    if (now == null) {
      throw UserException.of(
          "%s is not a JaVAE checkpoint: its position is missing", file.getFileName());
    }
    // The checksum covers values only, so a key that a disk renamed must show by its absence.
    if (before == null
        || !checksum(now + before, l.tensors()).equals(l.metadata().get("checksum"))) {
      throw UserException.of(
          "checkpoint %s is damaged: its checksum does not match; restore it from a copy, or start the run anew in another"
              + " folder",
          file.getFileName());
    }
    String name = file.getFileName().toString();
    return new Checkpoint(
        Json.parse(now, name, Position.class),
        before.isEmpty() ? null : Json.parse(before, name, Position.class),
        l.tensors());
  }

  /** The tensors whose names start with the prefix, without it. */
  Map<String, Tensor> part(String prefix) {
    Map<String, Tensor> m = new LinkedHashMap<>();
    tensors.forEach(
        (k, t) -> {
          if (k.startsWith(prefix)) {
            m.put(k.substring(prefix.length()), t);
          }
        });
    return m;
  }
}
