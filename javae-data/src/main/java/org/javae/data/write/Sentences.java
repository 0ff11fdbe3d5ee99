package org.javae.data.write;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.javae.core.data.Dataset;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.UserException;

/** Sequences of tokens, UTF-8, a line each. */
final class Sentences {
  private Sentences() {}

  static void write(Dataset data, OutputStream out) throws IOException {
    Vocabulary words =
        new Vocabulary(
            data.tokens()
                .orElseThrow(
                    () ->
                        UserException.usage(
                            "%s holds numbers, no sentences: write it to .npy, .npz or .csv.",
                            data.name()))
                .words());
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    int length = Math.toIntExact(data.shape().numel());
    Batches.each(
        data,
        (first, count, values) -> {
          for (int i = 0; i < count; i++) {
            text.write(words.text(values, i * length, length));
            text.write('\n');
          }
        });
    text.flush();
  }
}
