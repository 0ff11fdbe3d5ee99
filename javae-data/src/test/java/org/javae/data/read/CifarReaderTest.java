package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.gzip;
import static org.javae.data.read.Samples.row;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest {
  private static final int RECORD = 3073;

  @TempDir Path dir;

  private static byte[] batch(int... labels) {
    byte[] b = Samples.counting(RECORD * labels.length);
    for (int i = 0; i < labels.length; i++) {
      b[i * RECORD] = (byte) labels[i];
    }
    return b;
  }

  private Dataset open(Path p) {
    return DataReader.open(p, ReadOptions.defaults());
  }

  @Test
  void readsABatch() throws IOException {
    byte[] b = batch(3, 9);
    for (Path p :
        new Path[] {write(dir.resolve("a.bin"), b), write(dir.resolve("b.bin.gz"), gzip(b))}) {
      try (Dataset d = open(p)) {
        assertThat(d.shape()).isEqualTo(Shape.of(3, 32, 32));
        assertThat(d.labels().orElseThrow().values()).containsExactly(3, 9);
        assertThat(d.labels().orElseThrow().valueNames().get(9)).isEqualTo("truck");
        assertThat(row(d, 1)[2000]).isEqualTo((b[RECORD + 1 + 2000] & 0xff) / 255f);
        assertThat(d.publishedSplit()).isEmpty();
      }
    }
  }

  @Test
  void aFolderOfBatchesIsDivided() throws IOException {
    write(dir.resolve("data_batch_2.bin"), batch(2));
    write(dir.resolve("data_batch_1.bin.gz"), gzip(batch(0, 1)));
    write(dir.resolve("test_batch.bin"), batch(7, 8));
    try (Dataset d = open(dir)) {
      assertThat(d.publishedSplit()).contains(new PublishedSplit(3, 0, 2));
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 1, 2, 7, 8);
    }
    try (Dataset d = DataReader.open(dir, ReadOptions.defaults().withLimit(2))) {
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 7);
    }
  }

  @Test
  void refusesOtherLayouts() throws IOException {
    byte[] b = batch(1, 2);
    assertThat(sentence(() -> open(write(dir.resolve("a.bin"), Arrays.copyOf(b, b.length - 1)))))
        .contains("cut short");
    assertThat(sentence(() -> open(write(dir.resolve("b.bin"), batch(1, 77)))))
        .contains("record 2 has label 77");
    byte[] packed = gzip(b);
    assertThat(
            sentence(
                () ->
                    open(
                        write(dir.resolve("c.bin.gz"), Arrays.copyOf(packed, packed.length - 20)))))
        .contains("cut short");
    assertThat(sentence(() -> open(write(dir.resolve("d.bin"), new byte[0])))).contains("empty");
  }
}
