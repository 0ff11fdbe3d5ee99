package org.javae.experiment.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.javae.core.model.DataSpec;
import org.javae.data.get.DataCatalog;
import org.javae.experiment.DataAccess;
import org.javae.experiment.Settings;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of experiments: what ships is sound, what is wrong is refused in a sentence. */
class RecipesTest {
  private static final String GOOD =
      """
      experiments:
        - id: one
          system: vae
          citation: Somebody, 2000
          published: {value: 90, status: memory}
          data: mnist
          model: vae
          settings: {latent: 3, encoder: "mlp:16"}
          metric: nll
          better: lower
          goals: [{at_most: 91}]
          quick: {data: "strokes:train=60,test=20"}
        - id: two
          system: vae
          citation: Somebody, 2000
          data: mnist
          model: vae
          metric: nll
          better: lower
          goals: [{beats: one, by: 1.5}]
          quick: {data: "strokes:train=60,test=20"}
      """;

  static Stream<Recipe> shipped() {
    return Recipes.shipped().all().stream();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyCommandFitsTheCatalogue(Recipe r) {
    for (Recipe x : List.of(r, r.quickly())) {
      for (long seed : x.seedList()) {
        Settings s = x.settings(seed);
        assertThat(s.train().seed()).isEqualTo(seed);
        Shape shape =
            DataCatalog.find(DataAccess.nameOf(x.data()))
                .map(DataCatalog.Entry::shape)
                .orElse(Shape.of(11));
        // Values too: networks, likelihoods and schedules are texts with a grammar.
        var entry = ModelCatalog.get(s.model());
        assertThat(
                entry.configure(
                    DataSpec.of(shape, shape.isImage(), shape.isImage()), s.modelSettings()))
            .isNotNull();
      }
    }
    assertThat(r.goalsInWords()).isNotEmpty().allSatisfy(g -> assertThat(g).isNotBlank());
  }

  /** They are here, or the sentence says how to get them; a name with options is still a name. */
  @Test
  void theDataOfEveryExperimentAreKnown() {
    Recipes all = Recipes.shipped();
    for (String id : all.ids()) {
      try {
        all.get(id).requireData();
      } catch (UserException e) {
        assertThat(e.getMessage()).as(id).doesNotContain("There is no data set named");
      }
    }
  }

  @Test
  void aGoodFileIsRead() {
    Recipes all = Recipes.parse(GOOD, "good.yaml");
    assertThat(all.ids()).containsExactly("one", "two");
    assertThat(all.get("one").trainCommand())
        .isEqualTo("javae train mnist --model vae --latent 3 --set encoder=mlp:16 --seed 0");
    assertThat(all.get("one").publishedText()).isEqualTo("≈ 90");
    assertThat(all.get("two").goalsInWords()).containsExactly("nll at least 1.5 below one");
    assertThat(all.get("two").publishedText()).isEqualTo("–");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "metric: nll > metric: nil > did you mean nll",
        "better: lower > better: smaller > better",
        "published: > publishd: > published",
        "status: memory > status: rumour > status",
        "[{at_most: 91}] > [] > no goals",
        "[{at_most: 91}] > [{at_most: 91, at_least: 3}] > one is expected",
        "[{at_most: 91}] > [{}] > one is expected",
        "[{at_most: 91}] > [{tolerance: -1}] > 0 or more",
        "[{at_most: 91}] > [{beats: two, by: 1}] > compared with itself",
        "[{at_most: 91}] > [{at_most: 91, metric: warmth}] > warmth",
        "beats: one, by > beats: on, by > did you mean one",
        "beats: one, by: 1.5 > beats: one > with by",
        "beats: one, by: 1.5 > tolerance: 1 > it lacks",
        "beats: one, by: 1.5 > metric: kl, beats: one, by: 1 > which way is better",
        "id: two > id: one > two experiments one",
        "id: two > id: Two! > no id",
        "strokes:train=60,test=20 > mnist > generated data",
      })
  void whatIsWrongIsSaid(String right, String wrong, String said) {
    assertThat(GOOD).contains(right);
    int at = GOOD.indexOf(right);
    String text = GOOD.substring(0, at) + wrong + GOOD.substring(at + right.length());
    assertThatThrownBy(() -> Recipes.parse(text, "bad.yaml"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bad.yaml")
        .hasMessageContaining(said);
  }

  @Test
  void unknownModelsAndKeysAreNamed() {
    String model = GOOD.replaceFirst("model: vae", "model: vea");
    assertThatThrownBy(() -> Recipes.parse(model, "x").get("one").settings(0))
        .hasMessageContaining("vea")
        .hasMessageContaining("vae");
    String key = GOOD.replaceFirst("latent: 3", "latnet: 3");
    assertThatThrownBy(() -> Recipes.parse(key, "x").get("one").settings(0))
        .hasMessageContaining("latnet")
        .hasMessageContaining("latent");
    assertThatThrownBy(() -> Recipes.parse(GOOD, "x").get("tow"))
        .hasMessageContaining("did you mean two");
  }
}
