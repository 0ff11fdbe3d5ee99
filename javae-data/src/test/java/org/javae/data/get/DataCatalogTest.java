package org.javae.data.get;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.data.generate.LinearGaussian;
import org.javae.data.generate.Mixture;
import org.javae.data.generate.Sprites;
import org.javae.data.generate.Strokes;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataCatalogTest {
  @TempDir Path home;

  private final List<Path> opened = new ArrayList<>();

  private DataCatalog catalog(Map<String, String> environment) {
    return new DataCatalog(
        DataFolders.of(environment, home),
        (name, folder) -> {
          opened.add(folder);
          return ArrayDataset.of(name, Shape.of(1), new float[] {1});
        });
  }

  private Path put(String folder, String file) throws IOException {
    Path path = home.resolve(folder);
    Files.createDirectories(path);
    Files.writeString(path.resolve(file), "x");
    return path;
  }

  @Test
  void everyEntryIsWhole() {
    Set<String> names = new HashSet<>();
    for (DataCatalog.Entry e : DataCatalog.entries()) {
      assertThat(names.add(e.name())).isTrue();
      assertThat(e.description()).isNotBlank();
      assertThat(e.licence()).isNotBlank();
      assertThat(e.likelihood()).isIn("bernoulli", "gaussian", "categorical", "laplace:0.75");
      assertThat(e.binarize()).isIn("none", "dynamic");
      assertThat(e.files().isEmpty()).isEqualTo(e.source() != DataCatalog.Source.DOWNLOADABLE);
      for (DataFile file : e.files()) {
        assertThat(file.mirrors()).hasSizeGreaterThan(1);
        assertThat(file.checksum().over()).isEqualTo(Checksum.Over.FILE);
      }
    }
    assertThat(names)
        .containsExactlyInAnyOrder(
            "sprites",
            "strokes",
            "mixture",
            "linear-gaussian",
            "synthetic-text",
            "ptb",
            "snli",
            "yelp",
            "nonstationary",
            "strokes-label",
            "linear-views",
            "poly-strokes",
            "shapes-captions",
            "mfeat",
            "nutrimouse",
            "liver-toxicity",
            "cite-seq",
            "mnist-label",
            "mnist-usps",
            "usps",
            "mnist",
            "fashion-mnist",
            "omniglot",
            "frey-faces",
            "dsprites",
            "cifar10");
  }

  @ParameterizedTest
  @CsvSource({
    "mnist,bernoulli,dynamic", "frey-faces,gaussian,none", "cifar10,gaussian,none",
    "sprites,bernoulli,none", "strokes,bernoulli,dynamic", "dsprites,bernoulli,none"
  })
  void hintsSuitTheData(String name, String likelihood, String binarize) {
    assertThat(DataCatalog.entry(name).likelihood()).isEqualTo(likelihood);
    assertThat(DataCatalog.entry(name).binarize()).isEqualTo(binarize);
  }

  @Test
  void generatedDataAreThoseOfTheirGenerators() {
    DataCatalog catalog = catalog(Map.of());
    assertThat(catalog.open("sprites", Map.of("n", "20"), 3).fingerprint())
        .isEqualTo(Sprites.standard(20).generate(3).fingerprint());
    assertThat(
            catalog
                .open("sprites", Map.of("size", "16", "n", "9", "scales", "2", "xs", "4"), 3)
                .fingerprint())
        .isEqualTo(new Sprites(16, 9, 2, 10, 4, 8).generate(3).fingerprint());
    assertThat(
            catalog
                .open(
                    "sprites",
                    Map.of(
                        "size",
                        "16",
                        "full",
                        "true",
                        "scales",
                        "2",
                        "rotations",
                        "2",
                        "xs",
                        "2",
                        "ys",
                        "2"),
                    3)
                .fingerprint())
        .isEqualTo(Sprites.full(16, 2, 2, 2, 2).fingerprint());
    assertThat(catalog.open("strokes", Map.of("train", "9", "test", "3"), 4).fingerprint())
        .isEqualTo(new Strokes(9, 3, 1, 2.3).generate(4).fingerprint());
    assertThat(catalog.open("mixture", Map.of("kind", "Pinwheel", "n", "30"), 5).fingerprint())
        .isEqualTo(Mixture.of(Mixture.Kind.PINWHEEL, 30).generate(5).fingerprint());
    assertThat(
            catalog
                .open("linear-gaussian", Map.of("dimension", "5", "latent", "2", "n", "7"), 6)
                .fingerprint())
        .isEqualTo(new LinearGaussian(5, 2, 0.5, 7).generate(6).fingerprint());
  }

  @Test
  void generatedEntriesTellTheirDefaultShapeAndSize() {
    DataCatalog catalog = catalog(Map.of());
    for (DataCatalog.Entry e : DataCatalog.entries()) {
      if (e.source() == DataCatalog.Source.GENERATED) {
        Dataset data = catalog.open(e.name(), Map.of(), 1);
        assertThat(data.name()).isEqualTo(e.name());
        assertThat(data.shape()).isEqualTo(e.shape());
        assertThat(data.size()).isEqualTo(e.size());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mnits|did you mean mnist?",
        "MNIST|did you mean mnist or mnist-usps or mnist-label?",
        "fashion|did you mean fashion-mnist?",
        "fashion_mnist|did you mean fashion-mnist or mnist?",
        "sprite|did you mean sprites or dsprites?",
        "cifra10|did you mean cifar10?",
        "frey|did you mean frey-faces?",
        "imagenet-21k|the names are sprites, strokes",
      })
  void anUnknownNameNamesTheNearest(String name, String expected) {
    assertThatThrownBy(() -> catalog(Map.of()).open(name, Map.of(), 1))
        .isInstanceOfSatisfying(UserException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
        .hasMessageContaining("There is no data set named " + name)
        .hasMessageContaining(expected);
  }

  @Test
  void badOptionsHaveTheirSentence() {
    DataCatalog catalog = catalog(Map.of());
    assertThatThrownBy(() -> catalog.open("strokes", Map.of("jiter", "1"), 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "strokes has no option jiter: did you mean jitter? Its options are train, test, jitter,"
                + " thickness.");
    assertThatThrownBy(() -> catalog.open("mixture", Map.of("colour", "1"), 1))
        .isInstanceOf(UserException.class)
        .hasMessage("mixture has no option colour: its options are kind, n, sigma.");
    assertThatThrownBy(() -> catalog.open("sprites", Map.of("n", "many"), 1))
        .hasMessage("sprites: n is 'many' but must be a whole number.");
    assertThatThrownBy(() -> catalog.open("mixture", Map.of("sigma", "thin"), 1))
        .hasMessage("mixture: sigma is 'thin' but must be a number.");
    assertThatThrownBy(() -> catalog.open("mixture", Map.of("kind", "blob"), 1))
        .hasMessage("mixture: kind is 'blob' but must be one of ring, grid, pinwheel, moons.");
    assertThatThrownBy(() -> catalog.open("sprites", Map.of("full", "yes"), 1))
        .hasMessage("sprites: full is 'yes' but must be true or false.");
    assertThatThrownBy(() -> catalog.open("sprites", Map.of("full", "true", "n", "3"), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("n cannot be given too");
    assertThatThrownBy(() -> catalog.open("mnist", Map.of("n", "3"), 1))
        .isInstanceOf(UserException.class)
        .hasMessage("mnist takes no options, so n means nothing to it.");
  }

  @Test
  void absentFilesSayHowToGetThem() {
    Path own = home.resolve("own");
    assertThatThrownBy(
            () -> catalog(Map.of("JAVAE_DATA", own.toString())).open("mnist", Map.of(), 1))
        .isInstanceOfSatisfying(UserException.class, e -> assertThat(e.exitCode()).isEqualTo(1))
        .hasMessage(
            "The files of mnist are not here (looked in "
                + own.resolve("mnist")
                + " and "
                + home.resolve(".javae/data/mnist")
                + "); run 'javae data get mnist', or put train-images-idx3-ubyte.gz,"
                + " train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and"
                + " t10k-labels-idx1-ubyte.gz into one of these folders yourself.");
    assertThatThrownBy(() -> catalog(Map.of()).open("cifar10", Map.of(), 1))
        .hasMessageContaining("put cifar-10-binary.tar.gz, unpacked, into");
  }

  @Test
  void textIsPlacedByHand() throws IOException {
    DataCatalog catalog = catalog(Map.of("JAVAE_DATA", home.resolve("own").toString()));
    assertThatThrownBy(() -> catalog.open("ptb", Map.of(), 1))
        .isInstanceOfSatisfying(UserException.class, e -> assertThat(e.exitCode()).isEqualTo(1))
        .hasMessage(
            "The files of ptb are not here, and JaVAE may not fetch them (the Penn Treebank is licensed by the LDC): set"
                + " JAVAE_DATA to the folder that holds them in text/ptb, as text files called something with train, valid"
                + " and test, one sentence a line.");
    Path kept = put("own/text/snli-small", "train.txt");
    catalog.open("snli", Map.of(), 1);
    Path own = put("own/snli", "train.txt");
    catalog.open("snli", Map.of(), 1);
    assertThat(opened).containsExactly(kept, own);
    assertThatThrownBy(() -> new DataGetter(DataFolders.of(Map.of(), home)).get("yelp", null))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("yelp may not be passed on");
  }

  @Test
  void looksInJavaeDataThenInTheCache() throws IOException {
    Path cache = put(".javae/data/mnist", "a");
    DataCatalog catalog = catalog(Map.of("JAVAE_DATA", home.resolve("own").toString()));
    assertThat(catalog.open("mnist", Map.of(), 1).name()).isEqualTo("mnist");
    assertThat(opened).containsExactly(cache);

    Path own = put("own/mnist", "a");
    catalog.open("mnist", Map.of(), 1);
    assertThat(opened).containsExactly(cache, own);

    Path other = put("elsewhere/mnist", "a");
    assertThat(catalog(Map.of("JAVAE_CACHE", home.resolve("elsewhere").toString())).locate("mnist"))
        .contains(other);
    assertThat(catalog(Map.of("JAVAE_DATA", "")).locate("mnist")).contains(cache);
  }

  @Test
  void anUnfinishedDownloadAndAnEmptyFolderDoNotCount() throws IOException {
    put(".javae/data/mnist", "a");
    put(".javae/data/mnist", "b.part");
    Files.createDirectories(home.resolve("own/mnist"));
    DataCatalog catalog = catalog(Map.of("JAVAE_DATA", home.resolve("own").toString()));
    assertThatThrownBy(() -> catalog.open("mnist", Map.of(), 1))
        .hasMessageStartingWith("The files of mnist are not complete (looked in ");
    // The missing file placed by hand ends that.
    put(".javae/data/mnist", "b");
    assertThat(catalog.locate("mnist")).contains(home.resolve(".javae/data/mnist"));
  }

  @Test
  void aFolderInJavaeDataComesBeforeGenerating() throws IOException {
    Path own = put("own/sprites", "a");
    put(".javae/data/strokes", "a");
    DataCatalog catalog = catalog(Map.of("JAVAE_DATA", home.resolve("own").toString()));
    catalog.open("sprites", Map.of(), 1);
    assertThat(opened).containsExactly(own);
    assertThatThrownBy(() -> catalog.open("sprites", Map.of("n", "5"), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("unset JAVAE_DATA");
    assertThat(catalog.open("strokes", Map.of("train", "5"), 1).shape())
        .isEqualTo(Shape.of(1, 28, 28));
    assertThat(opened).hasSize(1);
  }

  /**
   * Copies kept by hand are recognised; an approximate copy is not taken for the published file.
   */
  @Test
  @Tag("data")
  void realFilesMatchTheirChecksums() throws IOException {
    Optional<Path> data = sharedData();
    Assumptions.assumeTrue(data.isPresent(), "neither JAVAE_DATA nor shared/data is there");
    int seen = 0;
    for (String name : List.of("mnist", "fashion-mnist")) {
      for (DataFile file : DataCatalog.entry(name).files()) {
        Path path = data.get().resolve(name).resolve(file.name());
        if (Files.exists(path) && (name.equals("mnist") || file.name().contains("labels"))) {
          assertThat(file.differs(path)).as(path.toString()).isEmpty();
          seen++;
        }
      }
    }
    Assumptions.assumeTrue(seen > 0, "no MNIST files are there");
  }

  private static Optional<Path> sharedData() {
    String own = System.getenv("JAVAE_DATA");
    if (own != null && !own.isBlank()) {
      return Optional.of(Path.of(own));
    }
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.isDirectory(dir.resolve("shared/data"))) {
        return Optional.of(dir.resolve("shared/data"));
      }
    }
    return Optional.empty();
  }
}
