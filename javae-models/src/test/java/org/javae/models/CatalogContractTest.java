package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.Dataset.Column;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.View;
import org.javae.tensor.Shape;
import org.javae.testkit.ContractSuite;
import org.javae.testkit.ContractSuite.Subject;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every model of the catalogue keeps the contract, on at least one row of test data. */
class CatalogContractTest {
  private static final DataSpec BITS = DataSpec.of(Shape.of(7), true, true);
  private static final DataSpec NUMBERS = DataSpec.of(Shape.of(6), false, false);
  private static final DataSpec GREYS = DataSpec.of(Shape.of(1, 7, 6), false, true);
  private static final DataSpec COLOURS = DataSpec.of(Shape.of(3, 5, 8), true, true);
  private static final DataSpec TEXT = DataSpec.text(5, 9);
  private static final DataSpec TABLE =
      new DataSpec(
          new long[] {6},
          List.of(
              new Column("weight", Column.Kind.REAL, List.of()),
              new Column("colour", Column.Kind.CATEGORICAL, List.of("red", "green", "blue")),
              new Column("size", Column.Kind.REAL, List.of()),
              new Column("price", Column.Kind.REAL, List.of())),
          false,
          false);

  private static final DataSpec COUNTRY =
      new DataSpec(
          new long[] {3},
          List.of(new Column("country", Column.Kind.CATEGORICAL, List.of("a", "b", "c"))),
          true,
          true);
  private static final DataSpec PAIR = ContractSuite.views(GREYS, COUNTRY);
  private static final DataSpec TRIPLE = ContractSuite.views(BITS, NUMBERS, TEXT);

  /** Zeros and ones are counts too. */
  private static final DataSpec COUNTED =
      new DataSpec(
          new long[] {BITS.event().numel() + 3},
          List.of(),
          false,
          false,
          0,
          0,
          0,
          List.of(
              new View("view0", 0, BITS, "negative-binomial", null, 1),
              new View("view1", (int) BITS.event().numel(), COUNTRY, null, null, 1)));

  private static final DataSpec TABLES = ContractSuite.views(BITS, NUMBERS, GREYS);

  /** The one place where a new model gets its test data. */
  private static final Map<String, List<Subject>> ROWS = new LinkedHashMap<>();

  static {
    row(
        "vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "likelihood", "poisson"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "schedule", "linear:4"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 3, "encoder", "linear", "samples", 3),
            Map.of("encoder", "mlp:5,4/softplus")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "conv:3,4", "likelihood", "continuous-bernoulli"),
            Map.of("encoder", "conv:2,3/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "mlp:8", "likelihood", "logistic-mixture:2"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            COLOURS,
            Map.of("latent", 2, "encoder", "resnet:1x3", "likelihood", "bernoulli"),
            Map.of("encoder", "resnet:1x2/silu")),
        new Subject(
            TABLE,
            Map.of("latent", 2, "encoder", "mlp:8"),
            Map.of("encoder", "mlp:5/elu", "decoder", "mlp:4/gelu")),
        new Subject(
            NUMBERS,
            Map.of(
                "latent",
                2,
                "encoder",
                "mlp:8",
                "likelihood",
                "gaussian:element",
                "schedule",
                "cyclical:2,0.5"),
            Map.of("encoder", "mlp:5/sigmoid")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "likelihood", "balance:0.5"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "learned", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "mixture:3", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "vamp:4"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "exemplar:9"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "aggregate:9"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "implicit:6"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "flow:2,6"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "mvae",
        new Subject(
            COUNTED, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            PAIR,
            Map.of("latent", 2, "encoder", "mlp:8", "experts", "quotient"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            TRIPLE,
            Map.of("latent", 2, "encoder", "mlp:8", "subsets", 1, "weights", "view0:2"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "mmvae",
        new Subject(PAIR, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            TRIPLE,
            Map.of("latent", 2, "encoder", "mlp:8", "k", 3),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "mopoe",
        new Subject(PAIR, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            TRIPLE, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")));
    several("mvtcae", Map.of("alpha", 0.6));
    several("mmvae-plus", Map.of("k", 3, "privates", 2));
    several("mmjsd", Map.of("weights", "view1:2"));
    several("dmvae", Map.of("privates", 3));
    several("jmvae", Map.of("joint", 5, "subsets", 1));
    several("telbo", Map.of("joint", 5));
    several("m2vae", Map.of("joint", 5));
    several("cvae-views", Map.of("joint", 5, "given", "view1"));
    several("mfm", Map.of("joint", 5, "privates", 2));
    row(
        "meme",
        new Subject(
            PAIR,
            Map.of("latent", 2, "encoder", "mlp:8", "k", 3, "pseudo", 4),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "beta-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "beta", 3.5, "schedule", "sigmoid:2"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "conv:3", "beta", 0, "likelihood", "laplace"),
            Map.of("encoder", "conv:2/tanh", "beta", 0.7)));
    row(
        "vq-vae",
        new Subject(
            GREYS,
            Map.of(
                "encoder",
                "conv:4,5",
                "blocks",
                1,
                "codes",
                5,
                "code_size",
                3,
                "prior_layers",
                1,
                "prior_features",
                4),
            Map.of("encoder", "conv:3,4/tanh")),
        new Subject(
            TABLE,
            Map.of(
                "encoder",
                "mlp:8",
                "groups",
                3,
                "codes",
                4,
                "code_size",
                2,
                "prior_layers",
                1,
                "prior_features",
                4,
                "decay",
                0),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "vq-vae-2",
        new Subject(
            GREYS,
            Map.of(
                "encoder",
                "conv:4",
                "blocks",
                1,
                "codes",
                4,
                "code_size",
                2,
                "prior_layers",
                1,
                "prior_features",
                4,
                "features",
                3),
            Map.of("encoder", "conv:3/tanh")));
    row(
        "iwae",
        new Subject(
            BITS, Map.of("latent", 2, "encoder", "mlp:8", "k", 5), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "k", 3, "posterior", "iaf:1,5"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of(
                "latent",
                2,
                "encoder",
                "mlp:8",
                "k",
                3,
                "gradient",
                "dreg",
                "samples",
                2,
                "schedule",
                "linear:4"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "miwae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "k", 2, "samples", 3),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "piwae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "k", 2, "samples", 3),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "ciwae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "k", 4, "beta", 0.3),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "vamp-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "vamp:4"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "exemplar-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "exemplar:8"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "implicit-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "implicit:5"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "vade",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "clusters", 3, "pretrain", 0),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 3, "encoder", "mlp:8", "clusters", 2, "pretrain", 0, "samples", 3),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "full-vae",
        new Subject(
            BITS,
            Map.of("latent", 3, "encoder", "mlp:8", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "mixture:3", "kl", "free-bits:0.1"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "planar-vae",
        new Subject(
            BITS,
            Map.of("latent", 3, "encoder", "mlp:8", "posterior", "planar:2", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "radial-vae",
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "posterior", "radial:3"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "iaf-vae",
        new Subject(
            BITS,
            Map.of("latent", 3, "encoder", "mlp:8", "posterior", "iaf:2,6", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "conv:3", "posterior", "iaf:1,5", "prior", "flow:2,6"),
            Map.of("encoder", "conv:2/tanh")));
    row(
        "svae",
        new Subject(
            BITS,
            Map.of("latent", 3, "encoder", "mlp:8", "samples", 2),
            Map.of("encoder", "mlp:5/tanh", "gradient", "proposal")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "kl", "free-bits:0.1"),
            Map.of("encoder", "mlp:5/tanh", "gradient", "proposal", "kl", "plain")));
    row(
        "poincare-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "samples", 2, "curvature", 0.7),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 3, "encoder", "mlp:8", "gyroplanes", 6, "prior_scale", 1.5),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "categorical-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "classes", 3, "encoder", "mlp:8", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 3, "classes", 2, "encoder", "mlp:8", "straight_through", true),
            Map.of("encoder", "mlp:5/tanh", "straight_through", false)));
    row(
        "text-vae",
        new Subject(
            TEXT,
            Map.of(
                "latent",
                2,
                "embedding",
                3,
                "units",
                4,
                "word_dropout",
                0.3,
                "dropout",
                0.2,
                "schedule",
                "linear:4"),
            Map.of()),
        new Subject(
            TEXT,
            Map.of(
                "latent",
                2,
                "embedding",
                2,
                "units",
                3,
                "dropout",
                0,
                "init",
                0.3,
                "kl",
                "free-bits:0.1"),
            Map.of()));
    row(
        "cvae",
        new Subject(
            BITS.labelled(3),
            Map.of("latent", 2, "encoder", "mlp:8", "samples", 2),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS.labelled(2),
            Map.of("latent", 2, "encoder", "mlp:8", "prior", "learned", "schedule", "linear:4"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            BITS.labelled(3),
            Map.of("latent", 2, "encoder", "mlp:8", "posterior", "planar:2"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS.labelled(3),
            Map.of("latent", 2, "encoder", "conv:3,4", "likelihood", "continuous-bernoulli"),
            Map.of("encoder", "conv:2,3/tanh")),
        new Subject(
            TABLE.labelled(4),
            Map.of("latent", 2, "encoder", "mlp:8", "kl", "free-bits:0.1"),
            Map.of("encoder", "mlp:5/elu", "kl", "plain")));
    row(
        "ivae",
        new Subject(
            NUMBERS.labelled(4),
            Map.of("latent", 3, "encoder", "mlp:8/leaky-relu"),
            Map.of("encoder", "mlp:5/tanh", "likelihood", "gaussian:0.5")),
        new Subject(
            NUMBERS.labelled(3),
            Map.of("latent", 2, "encoder", "mlp:8", "posterior", "diagonal", "samples", 2),
            Map.of("encoder", "mlp:5/tanh", "likelihood", "gaussian:0.5")),
        new Subject(
            COLOURS.labelled(3),
            Map.of("latent", 2, "encoder", "resnet:1x3", "prior_mean", "learned"),
            Map.of("encoder", "resnet:1x2/silu")));
    row(
        "hvae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "hidden", 6, "schedule", "linear:4"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of(
                "latent",
                4,
                "levels",
                3,
                "taper",
                0.5,
                "encoder",
                "mlp:8",
                "hidden",
                6,
                "inference",
                "ladder",
                "samples",
                2,
                "kl",
                "free-bits:0.1"),
            Map.of("encoder", "mlp:5/tanh", "kl", "plain")),
        new Subject(
            GREYS,
            Map.of(
                "latent",
                2,
                "encoder",
                "conv:3,4",
                "hidden",
                6,
                "inference",
                "residual",
                "prior",
                "vamp:4",
                "schedule",
                "linear:4",
                "balance",
                true),
            Map.of("encoder", "conv:2,3/tanh", "balance", false)));
    row(
        "nvae",
        new Subject(
            GREYS,
            Map.of(
                "latent",
                1,
                "channels",
                2,
                "scales",
                2,
                "groups",
                1,
                "halvings",
                0,
                "expansion",
                2),
            Map.of("balance", false)),
        new Subject(
            COLOURS,
            Map.of(
                "latent",
                1,
                "channels",
                2,
                "scales",
                1,
                "groups",
                2,
                "halvings",
                1,
                "expansion",
                1,
                "samples",
                2,
                "spectral",
                0,
                "kl",
                "free-bits:0.1"),
            Map.of("balance", false, "kl", "plain")));
    row(
        "ae",
        new Subject(
            NUMBERS, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            COLOURS,
            Map.of("latent", 2, "encoder", "conv:4"),
            Map.of("encoder", "conv:2/softplus")));
    row(
        "beta-tc-vae",
        new Subject(
            BITS,
            Map.of(
                "latent",
                2,
                "encoder",
                "mlp:8",
                "alpha",
                0.5,
                "beta",
                6,
                "gamma",
                2,
                "estimator",
                "weighted",
                "schedule",
                "linear:4"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of(
                "latent",
                2,
                "encoder",
                "mlp:8",
                "samples",
                2,
                "estimator",
                "stratified",
                "prior",
                "mixture:3"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "factor-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "critic", "mlp:8", "gamma", 1),
            Map.of("encoder", "mlp:5/tanh", "critic", "mlp:4/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "critic", "mlp:8", "samples", 2, "gamma", 3),
            Map.of("encoder", "mlp:5/tanh", "critic", "mlp:4/tanh")));
    row(
        "dip-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "dip", "i", "lambda_d", 30),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 3, "encoder", "mlp:8", "lambda_od", 2.5),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "info-vae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "kernel", "imq:3"),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "samples", 2, "alpha", 1),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "ms-ssim-vae",
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "conv:3", "samples", 2),
            Map.of("encoder", "conv:2/tanh")),
        new Subject(
            COLOURS,
            Map.of("latent", 2, "encoder", "mlp:8", "weight", 10, "prior", "vamp:3"),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "vae-gan",
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "conv:3", "critic", "conv:3"),
            Map.of("encoder", "conv:2/tanh", "critic", "conv:2/tanh")),
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "critic", "mlp:6", "samples", 2, "gamma", 0.5),
            Map.of("encoder", "mlp:5/tanh", "critic", "mlp:4/tanh")));
    row(
        "aae",
        new Subject(
            BITS,
            Map.of("latent", 2, "encoder", "mlp:8", "critic", "mlp:8"),
            Map.of("encoder", "mlp:5/tanh", "critic", "mlp:4/tanh")),
        new Subject(
            NUMBERS,
            Map.of(
                "latent",
                2,
                "encoder",
                "mlp:8",
                "critic",
                "mlp:8",
                "samples",
                2,
                "prior",
                "mixture:3",
                "lambda",
                0.5),
            Map.of("encoder", "mlp:5/tanh", "critic", "mlp:4/tanh")));
    row(
        "wae-mmd",
        new Subject(
            NUMBERS, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "conv:3", "kernel", "rbf:1.5"),
            Map.of("encoder", "conv:2/tanh")));
    row(
        "wae-gan",
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "critic", "mlp:8"),
            Map.of("encoder", "mlp:5/tanh", "critic", "mlp:4/tanh")));
    row(
        "swae",
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "projections", 7),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "sinkhorn-ae",
        new Subject(
            NUMBERS,
            Map.of("latent", 2, "encoder", "mlp:8", "updates", 5, "epsilon", 0.5),
            Map.of("encoder", "mlp:5/tanh")));
    row(
        "rae",
        new Subject(
            NUMBERS, Map.of("latent", 2, "encoder", "mlp:8"), Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            GREYS,
            Map.of("latent", 2, "encoder", "mlp:8", "penalty", "gp", "beta", 0.3, "lambda", 0.01),
            Map.of("encoder", "mlp:5/tanh")),
        new Subject(
            COLOURS,
            Map.of("latent", 2, "encoder", "conv:3", "penalty", "gp"),
            Map.of("encoder", "conv:2/softplus")));
    row(
        "linear-ae",
        new Subject(NUMBERS, Map.of("latent", 2), Map.of()),
        new Subject(GREYS, Map.of("latent", 3), Map.of()));
    row(
        "pca",
        new Subject(NUMBERS, Map.of("latent", 2), Map.of()),
        new Subject(GREYS, Map.of("latent", 5), Map.of()));
    row(
        "ppca",
        new Subject(NUMBERS, Map.of("latent", 2), Map.of()),
        new Subject(GREYS, Map.of("latent", 5), Map.of()));
    row(
        "gmm",
        new Subject(NUMBERS, Map.of("components", 2, "covariance", "full"), Map.of()),
        new Subject(GREYS, Map.of("components", 3, "covariance", "diagonal"), Map.of()));
    row(
        "maf",
        new Subject(NUMBERS, Map.of("flow", "maf:2,8"), Map.of()),
        new Subject(GREYS, Map.of("flow", "flow:3,6"), Map.of()));
    row(
        "made",
        new Subject(BITS, Map.of("network", "mlp:12", "masks", 3), Map.of("network", "mlp:9/tanh")),
        new Subject(NUMBERS, Map.of("network", "mlp:8,9"), Map.of("network", "mlp:7,5/softplus")));
    row(
        "rbm",
        new Subject(
            BITS, Map.of("hidden", 5, "chains", 30, "annealing", 30, "gibbs", 10), Map.of()),
        new Subject(
            COLOURS,
            Map.of("hidden", 6, "negatives", "cd", "k", 2, "annealing", 30, "gibbs", 10),
            Map.of()));
    row(
        "pixelcnn",
        new Subject(
            COLOURS, Map.of("levels", 2, "features", 6, "layers", 1), Map.of("features", 3)),
        new Subject(GREYS, Map.of("levels", 5, "features", 4, "layers", 1), Map.of("features", 3)));
    row(
        "fastica",
        new Subject(NUMBERS, Map.of("latent", 2), Map.of()),
        new Subject(
            GREYS, Map.of("latent", 2, "nonlinearity", "cube", "iterations", 500), Map.of()));
    row(
        "mcca",
        new Subject(PAIR, Map.of("latent", 2), Map.of()),
        new Subject(TABLES, Map.of("latent", 2, "criterion", "sumcor"), Map.of()));
    row(
        "mb-pls",
        new Subject(PAIR, Map.of("latent", 2, "response", "view1"), Map.of()),
        new Subject(TABLES, Map.of("latent", 2, "response", "view0"), Map.of()));
    row("jive", new Subject(PAIR, Map.of("latent", 2, "individual", "3,1"), Map.of()));
  }

  private static void row(String model, Subject... subjects) {
    ROWS.put(model, List.of(subjects));
  }

  /** A model of several views, of two and of three. */
  private static void several(String model, Map<String, ?> settings) {
    Map<String, Object> all = new LinkedHashMap<>(Map.of("latent", 2, "encoder", "mlp:8"));
    all.putAll(settings);
    Map<String, ?> smooth = Map.of("encoder", "mlp:5/tanh");
    row(model, new Subject(PAIR, all, smooth), new Subject(TRIPLE, all, smooth));
  }

  @TestFactory
  Stream<DynamicContainer> everyModelKeepsTheContract() {
    return ModelCatalog.entries().stream()
        .flatMap(
            entry -> {
              List<Subject> rows = ROWS.getOrDefault(entry.name(), List.of());
              return IntStream.range(0, rows.size()).mapToObj(i -> container(entry, rows.get(i)));
            });
  }

  private static DynamicContainer container(CatalogEntry<?> entry, Subject row) {
    return DynamicContainer.dynamicContainer(
        entry.name() + " on " + row.data().event() + " " + row.settings(),
        ContractSuite.of(entry, row));
  }

  @Test
  void everyModelHasARowAndEveryRowAModel() {
    assertThat(ROWS.keySet())
        .containsExactlyInAnyOrderElementsOf(
            ModelCatalog.entries().stream().map(CatalogEntry::name).toList());
    assertThat(ROWS.values()).allMatch(rows -> !rows.isEmpty());
  }

  @Test
  void namesAreUniqueAndSayWhatTheyAre() {
    assertThat(ModelCatalog.entries()).extracting(CatalogEntry::name).doesNotHaveDuplicates();
    for (CatalogEntry<?> e : ModelCatalog.entries()) {
      assertThat(e.name()).matches("[a-z][a-z0-9-]*");
      assertThat(e.about().title()).isNotBlank();
      assertThat(e.about().equation()).isNotBlank();
      assertThat(e.about().citation()).matches(".*(19|20)\\d\\d.*");
      assertThat(ModelCatalog.get(e.name())).isSameAs(e);
    }
  }
}
