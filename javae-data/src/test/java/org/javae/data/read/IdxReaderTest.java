package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.counting;
import static org.javae.data.read.Samples.gzip;
import static org.javae.data.read.Samples.idx;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {
  private static final int U8 = 0x08;

  @TempDir Path dir;

  private Dataset open(Path p) {
    return DataReader.open(p, ReadOptions.defaults());
  }

  /** Five training and three test pictures of 2×3 pixels, some packed. */
  private void mnistLike() throws IOException {
    write(dir.resolve("train-images-idx3-ubyte.gz"), gzip(idx(U8, counting(30), 5, 2, 3)));
    write(dir.resolve("train-labels-idx1-ubyte"), idx(U8, new byte[] {3, 1, 4, 1, 5}, 5));
    write(dir.resolve("t10k-images-idx3-ubyte"), idx(U8, counting(18), 3, 2, 3));
    write(dir.resolve("t10k-labels-idx1-ubyte.gz"), gzip(idx(U8, new byte[] {9, 2, 6}, 3)));
  }

  @Test
  void joinsTrainingAndTestPicturesWithTheirLabels() throws IOException {
    mnistLike();
    for (Path p : new Path[] {dir, dir.resolve("train-images-idx3-ubyte.gz")}) {
      try (Dataset d = open(p)) {
        assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 3));
        assertThat(d.size()).isEqualTo(8);
        assertThat(d.publishedSplit()).contains(new PublishedSplit(5, 0, 3));
        assertThat(d.labels().orElseThrow().values()).containsExactly(3, 1, 4, 1, 5, 9, 2, 6);
        assertThat(d.labels().orElseThrow().cardinality()).isEqualTo(10);
        float[] expected = new float[48];
        for (int i = 0; i < 48; i++) {
          expected[i] = ((i < 30 ? i : i - 30) * 7 + 3 & 0xff) / 255f;
        }
        assertThat(all(d)).isEqualTo(expected);
        assertThat(d.name()).isEqualTo(p.getFileName().toString());
      }
    }
  }

  @Test
  void theTestPicturesAloneAreNoSplit() throws IOException {
    mnistLike();
    try (Dataset d = open(dir.resolve("t10k-images-idx3-ubyte"))) {
      assertThat(d.size()).isEqualTo(3);
      assertThat(d.publishedSplit()).isEmpty();
      assertThat(d.labels().orElseThrow().values()).containsExactly(9, 2, 6);
    }
  }

  @Test
  void aLimitIsSharedBetweenTheParts() throws IOException {
    mnistLike();
    try (Dataset d = DataReader.open(dir, ReadOptions.defaults().withLimit(3))) {
      assertThat(d.size()).isEqualTo(3);
      assertThat(d.publishedSplit()).contains(new PublishedSplit(2, 0, 1));
      assertThat(d.labels().orElseThrow().values()).containsExactly(3, 1, 9);
    }
  }

  @Test
  void readsEveryElementType() throws IOException {
    double[] values = {-3, 0, 1, 2, 100, 5};
    for (int code : new int[] {0x09, 0x0B, 0x0C, 0x0D, 0x0E}) {
      ByteBuffer b = ByteBuffer.allocate(48);
      for (double v : values) {
        switch (code) {
          case 0x09 -> b.put((byte) v);
          case 0x0B -> b.putShort((short) v);
          case 0x0C -> b.putInt((int) v);
          case 0x0D -> b.putFloat((float) v);
          default -> b.putDouble(v);
        }
      }
      Path f =
          write(
              dir.resolve("x" + code + ".idx"),
              idx(code, Arrays.copyOf(b.array(), b.position()), 3, 2));
      try (Dataset d = open(f)) {
        assertThat(d.shape()).isEqualTo(Shape.of(2));
        assertThat(all(d)).containsExactly(-3, 0, 1, 2, 100, 5);
      }
    }
  }

  @Test
  void bytesThatAreAllZeroAndOneAreBinaryPictures() throws IOException {
    Path f = write(dir.resolve("a-images-idx3-ubyte"), idx(U8, new byte[] {0, 1, 1, 0}, 1, 2, 2));
    try (Dataset d = open(f)) {
      assertThat(all(d)).containsExactly(0, 1, 1, 0);
    }
  }

  @Test
  void refusesWhatIsNoIdx() throws IOException {
    assertThat(sentence(() -> open(write(dir.resolve("a.idx"), "hello world"))))
        .contains("not an IDX")
        .contains("68 65");
    assertThat(
            sentence(
                () ->
                    open(
                        write(dir.resolve("b.idx.gz"), gzip(new byte[] {0, 0, 7, 1, 0, 0, 0, 0})))))
        .contains("not an IDX");
    assertThat(sentence(() -> open(write(dir.resolve("c.idx"), new byte[0])))).contains("empty");
    assertThat(sentence(() -> open(write(dir.resolve("d.idx"), new byte[] {0, 0, 8, 3, 0}))))
        .contains("cut short");
  }

  @Test
  void refusesTruncatedAndOverlongFiles() throws IOException {
    byte[] whole = idx(U8, counting(600), 100, 2, 3);
    assertThat(
            sentence(
                () -> open(write(dir.resolve("a.idx"), Arrays.copyOf(whole, whole.length - 1)))))
        .contains("cut short");
    byte[] packed = gzip(whole);
    assertThat(
            sentence(
                () ->
                    open(write(dir.resolve("b.idx.gz"), Arrays.copyOf(packed, packed.length / 2)))))
        .contains("cut short");
    assertThat(
            sentence(() -> open(write(dir.resolve("c.idx.gz"), gzip(Arrays.copyOf(whole, 400))))))
        .contains("promises 100 observations")
        .contains("observation 65");
    assertThat(
            sentence(
                () -> open(write(dir.resolve("d.idx"), Arrays.copyOf(whole, whole.length + 2)))))
        .contains("goes on after");
  }

  @Test
  void headersCannotMakeItAllocate() throws IOException {
    assertThat(
            sentence(
                () ->
                    open(
                        write(
                            dir.resolve("a.idx"),
                            idx(U8, new byte[10], 2_000_000, 30_000, 30_000)))))
        .contains("promises");
    assertThat(sentence(() -> open(write(dir.resolve("b.idx"), idx(U8, new byte[10], -1, 2, 2)))))
        .contains("impossible");
    int max = Integer.MAX_VALUE;
    assertThat(
            sentence(
                () ->
                    open(
                        write(
                            dir.resolve("c.idx"), idx(U8, new byte[10], max, max, max, max, max)))))
        .contains("impossible");
    assertThat(sentence(() -> open(write(dir.resolve("d.idx"), idx(U8, new byte[0], 0, 2, 2)))))
        .contains("no observations");
  }

  @Test
  void refusesLabelsThatDoNotBelong() throws IOException {
    mnistLike();
    write(dir.resolve("train-labels-idx1-ubyte"), idx(U8, new byte[] {3, 1}, 2));
    assertThat(sentence(() -> open(dir))).contains("2 labels for the 5 images");
    assertThat(sentence(() -> open(dir.resolve("t10k-labels-idx1-ubyte.gz"))))
        .contains("probably labels");
  }

  @Test
  void refusesPartsOfDifferentSize() throws IOException {
    mnistLike();
    write(dir.resolve("t10k-images-idx3-ubyte"), idx(U8, counting(27), 3, 3, 3));
    assertThat(sentence(() -> open(dir))).contains("do not belong together");
  }
}
