package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Views;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsFileTest {
  @TempDir Path folder;

  private final ViewsFile.Opener opener =
      new ViewsFile.Opener() {
        @Override
        public Optional<Path> file(String source) {
          return Optional.of(folder.resolve(source)).filter(Files::exists);
        }

        @Override
        public Dataset open(String source, ReadOptions options) {
          if (source.equals("named")) {
            return ArrayDataset.of("named", Shape.of(1, 1, 1), new float[] {.1f, .2f, .3f})
                .withAnnotations(
                    List.of(new Annotation("label", new int[] {2, 0, 1}, 3, List.of())));
          }
          return DataReader.open(folder.resolve(source), options);
        }

        @Override
        public String binarize(String source) {
          return source.equals("named") ? "dynamic" : null;
        }
      };

  private void write(String name, String... lines) throws IOException {
    Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private Dataset open(String... lines) throws IOException {
    write("views.yaml", lines);
    return ViewsFile.open(folder.resolve("views.yaml"), "mine", ReadOptions.defaults(), opener);
  }

  private void tables() throws IOException {
    write("a.csv", "id,u,v", "k1,1,2", "k2,3,", "k3,5,6");
    write("b.csv", "w,id", "30,k3", "10,k1", "70,k7");
  }

  private static float[] row(Dataset d, int i) {
    float[] x = new float[Math.toIntExact(d.shape().numel())];
    d.read(new int[] {i}, x);
    return x;
  }

  private static final String KEYED =
      """
      views:
        - {name: left, source: a.csv, key: id, weight: 2, likelihood: "gaussian:shared", network: "mlp:8"}
        - {name: right, source: b.csv, key: id, scaling: none}
      """;

  @Test
  void rowsWithTheSameKeyAreOneObservation() throws IOException {
    tables();
    Dataset d = open(KEYED);
    assertThat(d.name()).isEqualTo("mine");
    assertThat(d.size()).isEqualTo(4);
    assertThat(row(d, 0)).containsExactly(1, 2, 10);
    assertThat(row(d, 1)).containsExactly(3, Float.NaN, Float.NaN);
    assertThat(row(d, 2)).containsExactly(5, 6, 30);
    assertThat(row(d, 3)).containsExactly(Float.NaN, Float.NaN, 70);
    assertThat(Views.present(d, new int[] {0, 1, 3}))
        .isDeepEqualTo(new boolean[][] {{true, true}, {true, false}, {false, true}});
    assertThat(d.views().get(0).settings().weight()).isEqualTo(2);
    assertThat(d.views().get(0).settings().network()).isEqualTo("mlp:8");
    assertThat(d.views().get(1).settings().scaling()).isEqualTo("none");
    assertThat(d.columns())
        .extracting(Dataset.Column::name)
        .containsExactly("left.u", "left.v", "right.w");
    Dataset inner = open("join: inner", KEYED);
    assertThat(inner.size()).isEqualTo(2);
    assertThat(row(inner, 1)).containsExactly(5, 6, 30);
  }

  @Test
  void numbersAreKeysToo() throws IOException {
    write("a.csv", "id,u", "7,1", "8,2");
    write("b.csv", "id,w", "8.0,20", "7.0,10");
    Dataset d = open(KEYED);
    assertThat(d.size()).isEqualTo(2);
    assertThat(row(d, 1)).containsExactly(2, 20);
  }

  @Test
  void theCatalogueAndItsLabelsAreSources() throws IOException {
    write("c.csv", "w,kind", "1,x", "2,y", "3,x");
    Dataset d =
        open(
            "name: three",
            "views:",
            "  - {name: picture, source: named}",
            "  - {name: label, source: named, annotation: label}",
            "  - {name: table, source: c.csv, label: kind}");
    assertThat(d.name()).isEqualTo("three");
    assertThat(row(d, 0)).containsExactly(.1f, 0, 0, 1, 1);
    assertThat(d.views().get(0).settings().binarize()).isEqualTo("dynamic");
    assertThat(d.views().get(1).settings().binarize()).isNull();
    assertThat(d.labels().orElseThrow().values()).containsExactly(2, 0, 1);
  }

  @Test
  void aFolderOrAFileIsAManifest() throws IOException {
    tables();
    open(KEYED);
    assertThat(ViewsFile.at(folder)).contains(folder.resolve("views.yaml"));
    assertThat(ViewsFile.at(folder.resolve("other.yml"))).isPresent();
    assertThat(ViewsFile.at(folder.resolve("a.csv"))).isEmpty();
  }

  private void refused(String sentence, String... lines) {
    assertThatThrownBy(() -> open(lines))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void whatIsWrongIsSaidInOneSentence() throws IOException {
    tables();
    write("d.csv", "id,z", "k1,1", "k2,2", "k1,3");
    write("e.csv", "id,z", "q1,1", "q2,2");
    write("f.csv", "z", "1", "2");
    refused(
        "view left has 3 rows and view right has 2, so rows do not pair; give every view a key",
        "views:",
        "  - {name: left, source: a.csv}",
        "  - {name: right, source: f.csv}");
    refused("view right has key 'k1' twice, in rows 1 and 3", KEYED.replace("b.csv", "d.csv"));
    refused(
        "no two views share a key (left has 'k1', right has 'q1')",
        KEYED.replace("b.csv", "e.csv"));
    refused("no key is in every view", "join: inner", KEYED.replace("b.csv", "e.csv"));
    refused("view right has no key though others have", KEYED.replace("b.csv, key: id", "b.csv"));
    refused("has no column 'nr'", KEYED.replace("b.csv, key: id", "b.csv, key: nr"));
    refused("view left has weight 0.0; a positive number", KEYED.replace("weight: 2", "weight: 0"));
    refused("view left has weight -1.0", KEYED.replace("weight: 2", "weight: -1"));
    refused("'wieght'", KEYED.replace("weight", "wieght"));
    refused("view right: There is no file or folder", KEYED.replace("b.csv", "gone.csv"));
    refused(
        "view right has no source",
        "views:",
        "  - {name: left, source: a.csv}",
        "  - {name: right}");
    refused("two views are called left", KEYED.replace("right", "left"));
    refused("lists no views", "name: x");
    refused("join is 'both', inner or outer is expected", "join: both", KEYED);
    refused("view left: unknown likelihood 'gausian'", KEYED.replace("gaussian:shared", "gausian"));
    refused("view right has scaling 'some'", KEYED.replace("scaling: none", "scaling: some"));
    refused(
        "named has no annotation kind",
        "views:",
        "  - {name: label, source: named, annotation: kind}");
    refused(
        "view picture has a key, but named is no table",
        "views:",
        "  - {name: picture, source: named, key: id}");
  }
}
