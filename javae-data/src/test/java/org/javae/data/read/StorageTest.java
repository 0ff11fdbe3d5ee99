package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.idx;
import static org.javae.data.read.Samples.npy;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path dir;
  private Path spool;
  private ReadOptions small;

  @BeforeEach
  void folder() throws IOException {
    spool = Files.createDirectory(dir.resolve("spool"));
    small = ReadOptions.defaults().withMemoryLimit(1000).withSpoolFolder(spool);
  }

  private Path floats(int rows, int columns) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
    Random r = new Random(5);
    while (b.hasRemaining()) {
      b.putFloat((float) r.nextGaussian());
    }
    return write(dir.resolve("a.npy"), npy("<f4", false, rows + ", " + columns, b.array()));
  }

  @Test
  void contentAndFingerprintDoNotDependOnStorage() throws IOException {
    Path f = floats(70_000, 31); // 8.7 MB: more than two blocks
    try (Dataset heap = DataReader.open(f, ReadOptions.defaults());
        Dataset mapped = DataReader.open(f, small)) {
      assertThat(heap).isInstanceOf(ArrayDataset.class);
      assertThat(mapped).isInstanceOf(MappedDataset.class);
      assertThat(mapped.size()).isEqualTo(70_000);
      assertThat(all(mapped)).isEqualTo(all(heap));
      assertThat(mapped.fingerprint()).isEqualTo(heap.fingerprint());
    }
  }

  @Test
  void bytesStayBytesAndFingerprintLikeTheirFloats() throws IOException {
    byte[] pixels = new byte[100_000 * 60];
    new Random(6).nextBytes(pixels);
    Path f = write(dir.resolve("x-images-idx3-ubyte"), idx(8, pixels, 100_000, 6, 10));
    try (Dataset heap = DataReader.open(f, ReadOptions.defaults());
        Dataset mapped = DataReader.open(f, small)) {
      assertThat(heap).isInstanceOf(ByteDataset.class);
      assertThat(mapped).isInstanceOf(MappedDataset.class);
      float[] values = all(heap);
      assertThat(all(mapped)).isEqualTo(values);
      assertThat(values[77]).isEqualTo((pixels[77] & 0xff) / 255f);
      assertThat(heap.fingerprint())
          .isEqualTo(mapped.fingerprint())
          .isEqualTo(ArrayDataset.of("x", heap.shape(), values).fingerprint());
    }
  }

  @Test
  void aFingerprintTellsContentAndShapeApart() throws IOException {
    byte[] pixels = Samples.counting(24);
    List<String> prints =
        Stream.of(new int[] {4, 2, 3}, new int[] {4, 3, 2}, new int[] {2, 4, 3})
            .map(
                dims -> {
                  try (Dataset d =
                      DataReader.open(
                          write(dir.resolve("a.idx"), idx(8, pixels, dims)),
                          ReadOptions.defaults())) {
                    return d.fingerprint();
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                })
            .toList();
    assertThat(prints).doesNotHaveDuplicates();
    pixels[23]++;
    try (Dataset d =
        DataReader.open(
            write(dir.resolve("a.idx"), idx(8, pixels, 4, 2, 3)), ReadOptions.defaults())) {
      assertThat(prints).doesNotContain(d.fingerprint());
    }
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    Path f = floats(50_000, 31);
    Dataset d = DataReader.open(f, small);
    float[] first = Samples.row(d, 3);
    assertThat(first).isNotEmpty();
    d.close();
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).isEmpty();
    }
    // Nor where reading fails half way.
    byte[] whole = Files.readAllBytes(f);
    Path cut =
        write(dir.resolve("b.npy.gz"), Samples.gzip(Arrays.copyOf(whole, whole.length - 10)));
    sentence(() -> DataReader.open(cut, small));
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void saysWhereTemporaryFilesShouldHaveGone() throws IOException {
    Path f = floats(50_000, 31);
    ReadOptions o = small.withSpoolFolder(dir.resolve("no such folder"));
    assertThat(sentence(() -> DataReader.open(f, o)))
        .contains("no such folder")
        .contains("spoolFolder");
  }

  @Test
  void aLimitIsSharedInProportion() {
    assertThat(Parts.share(new int[] {60_000, 10_000}, OptionalInt.of(700)))
        .containsExactly(600, 100);
    assertThat(Parts.share(new int[] {60_000, 10_000}, OptionalInt.of(2))).containsExactly(1, 1);
    assertThat(Parts.share(new int[] {60_000, 10_000}, OptionalInt.of(1))).containsExactly(1, 0);
    assertThat(Parts.share(new int[] {5, 5}, OptionalInt.of(100))).containsExactly(5, 5);
    assertThat(Parts.share(new int[] {80, 10, 10}, OptionalInt.of(10))).containsExactly(8, 1, 1);
    assertThat(Parts.share(new int[] {1, 1000}, OptionalInt.of(10))).containsExactly(1, 9);
    for (int limit = 1; limit < 120; limit++) {
      int[] taken = Parts.share(new int[] {37, 0, 61}, OptionalInt.of(limit));
      assertThat(taken[0] + taken[1] + taken[2]).isEqualTo(Math.min(limit, 98));
      assertThat(taken[0]).isBetween(0, 37);
      assertThat(taken[2]).isBetween(0, 61);
    }
  }
}
