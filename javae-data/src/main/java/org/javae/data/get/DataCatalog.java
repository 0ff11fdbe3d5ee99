package org.javae.data.get;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.LabelView;
import org.javae.data.generate.LinearGaussian;
import org.javae.data.generate.LinearViews;
import org.javae.data.generate.Mixture;
import org.javae.data.generate.Nonstationary;
import org.javae.data.generate.PolyStrokes;
import org.javae.data.generate.SameLabel;
import org.javae.data.generate.ShapesCaptions;
import org.javae.data.generate.Sprites;
import org.javae.data.generate.Strokes;
import org.javae.data.generate.StrokesLabel;
import org.javae.data.generate.SyntheticText;
import org.javae.data.get.DataFile.Archive;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * The data sets known by name, and how to get at them. A name is looked for in {@code JAVAE_DATA}
 * first; if it is not there, generated data are generated and the others are looked for among the
 * downloads ({@link DataFolders}).
 */
public final class DataCatalog {
  /** Where the data of a name come from. */
  public enum Source {
    /** Made here, from a seed; needs no files. */
    GENERATED,
    /** Published files, which {@link DataGetter} fetches. */
    DOWNLOADABLE,
    /** Files that may not be passed on, so that people put them into {@code JAVAE_DATA}. */
    PLACED
  }

  /**
   * A named data set.
   *
   * @param name what the command line calls it
   * @param description one line for people
   * @param source generated, downloadable or placed by hand
   * @param licence the terms stated by the publisher
   * @param shape shape of one observation (of generated data: with the default options)
   * @param size number of observations (of generated data: with the default options)
   * @param likelihood the decoder's likelihood that suits the values: {@code bernoulli}, {@code
   *     gaussian} or, for text, {@code categorical}
   * @param binarize how grey values are made binary for a Bernoulli likelihood: {@code none} or
   *     {@code dynamic}
   * @param options the keys of a generated data set's options
   * @param files the published files of a downloadable one
   */
  public record Entry(
      String name,
      String description,
      Source source,
      String licence,
      Shape shape,
      int size,
      String likelihood,
      String binarize,
      List<String> options,
      List<DataFile> files) {}

  private static final String NO_TERMS = "made here; Apache-2.0 as JaVAE";

  private static final List<Entry> ENTRIES =
      List.of(
          generated(
              "sprites",
              "binary shapes with known factors (shape, scale, rotation, x, y), like dSprites",
              Shape.of(1, 64, 64),
              10_000,
              "bernoulli",
              List.of("size", "n", "scales", "rotations", "xs", "ys", "full")),
          generated(
              "strokes",
              "hand-drawn-looking digits 0-9 with labels, like MNIST",
              Shape.of(1, Strokes.SIZE, Strokes.SIZE),
              Strokes.standard().train() + Strokes.standard().test(),
              "bernoulli",
              List.of("train", "test", "jitter", "thickness")),
          generated(
              "mixture",
              "points of the plane from a mixture of known density (ring, grid, pinwheel, moons)",
              Shape.of(2),
              10_000,
              "gaussian",
              List.of("kind", "n", "sigma")),
          generated(
              "linear-gaussian",
              "factor data x = Wz + mu + noise with its exact likelihood",
              Shape.of(LinearGaussian.standard().dimension()),
              LinearGaussian.standard().n(),
              "gaussian",
              List.of("dimension", "latent", "sigma", "n")),
          generated(
              "synthetic-text",
              "sequences of tokens from a random LSTM with two hidden causes (He et al., 2019)",
              Shape.of(SyntheticText.standard().length()),
              SyntheticText.standard().train()
                  + SyntheticText.standard().validation()
                  + SyntheticText.standard().test(),
              "categorical",
              List.of("train", "validation", "test", "length", "vocabulary", "scale")),
          generated(
              "nonstationary",
              "Gaussian sources whose variances change between labelled segments, mixed nonlinearly",
              Shape.of(Nonstationary.standard().dimension()),
              Nonstationary.standard().n(),
              "gaussian",
              List.of("segments", "dimension", "layers", "n")),
          generated(
              "strokes-label",
              "two views: the digits of strokes, and the label of each",
              Shape.of(Strokes.SIZE * Strokes.SIZE + 10),
              Strokes.standard().train() + Strokes.standard().test(),
              "bernoulli",
              List.of("train", "test", "jitter", "thickness")),
          generated(
              "linear-views",
              "several tables from the same latent variables, with exact likelihood and posteriors",
              Shape.of(LinearViews.standard().dimension() * LinearViews.standard().views()),
              LinearViews.standard().n(),
              "gaussian",
              List.of("views", "dimension", "latent", "sigma", "n")),
          generated(
              "poly-strokes",
              "up to five pictures of one digit in different hands, colours and backgrounds, like PolyMNIST",
              Shape.of(PolyStrokes.standard().numel()),
              PolyStrokes.standard().train() + PolyStrokes.standard().test(),
              PolyStrokes.LIKELIHOOD,
              List.of("train", "test", "views", "channels", "likelihood")),
          generated(
              "shapes-captions",
              "three views of a sprite: its picture, its attributes and a short caption",
              Shape.of(ShapesCaptions.standard().numel()),
              ShapesCaptions.standard().n(),
              "bernoulli",
              List.of("size", "n")),
          placed(
              "mfeat",
              "six views of the same handwritten digits, 200 of each (UCI Multiple Features)",
              "CC BY 4.0 as stated by UCI",
              649,
              2_000),
          placed(
              "nutrimouse",
              "four views of 40 mice: genes, lipids, diet and genotype",
              "not stated where it is kept",
              120 + 21 + 5 + 2,
              40),
          placed(
              "liver-toxicity",
              "three views of 64 rats: clinical values, 3116 genes and treatment",
              "GPL (>= 2), as the package it comes with",
              10 + 3_116 + 8,
              64),
          placed(
              "cite-seq",
              "two views of 200 blood cells: RNA of 4000 genes and 14 surface proteins, counts",
              "BSD-3-Clause, as the package it comes with",
              4_014,
              200),
          derived(
              "mnist-label",
              "two views: the digits of mnist, and the label of each",
              794,
              70_000,
              "bernoulli",
              List.of()),
          derived(
              "mnist-usps",
              "two views: digits of mnist and of usps with the same label, paired at random",
              784 + 256,
              5 * 9_298,
              PolyStrokes.LIKELIHOOD,
              List.of("pairings", "likelihood")),
          new Entry(
              "mnist",
              "handwritten digits 0-9, 60000 to train on and 10000 to test on",
              Source.DOWNLOADABLE,
              "CC BY-SA 3.0",
              Shape.of(1, 28, 28),
              70_000,
              "bernoulli",
              "dynamic",
              List.of(),
              mnist()),
          new Entry(
              "fashion-mnist",
              "pictures of clothes of 10 kinds, 60000 to train on and 10000 to test on",
              Source.DOWNLOADABLE,
              "MIT",
              Shape.of(1, 28, 28),
              70_000,
              "bernoulli",
              "dynamic",
              List.of(),
              fashionMnist()),
          new Entry(
              "omniglot",
              "handwritten characters of 50 alphabets, 20 drawings of each",
              Source.DOWNLOADABLE,
              "MIT",
              Shape.of(1, 105, 105),
              32_460,
              "bernoulli",
              "dynamic",
              List.of(),
              omniglot()),
          new Entry(
              "frey-faces",
              "one face in 1965 frames of a film, grey",
              Source.DOWNLOADABLE,
              "not stated by the publisher",
              Shape.of(1, 28, 20),
              1_965,
              "gaussian",
              "none",
              List.of(),
              freyFaces()),
          new Entry(
              "dsprites",
              "binary shapes with known factors, every combination once",
              Source.DOWNLOADABLE,
              "see github.com/google-deepmind/dsprites-dataset",
              Shape.of(1, 64, 64),
              737_280,
              "bernoulli",
              "none",
              List.of(),
              dSprites()),
          new Entry(
              "cifar10",
              "colour photographs of 10 kinds of things, 50000 to train on and 10000 to test on",
              Source.DOWNLOADABLE,
              "not stated by the publisher",
              Shape.of(3, 32, 32),
              60_000,
              "gaussian",
              "none",
              List.of(),
              cifar10()),
          new Entry(
              "usps",
              "handwritten digits from envelopes, 7291 to train on and 2007 to test on",
              Source.PLACED,
              "not stated where it is kept",
              Shape.of(1, 16, 16),
              9_298,
              "gaussian",
              "none",
              List.of(),
              List.of()),
          text(
              "ptb",
              "sentences of the Wall Street Journal; 42068 to train, 3370 to validate, 3761 to test",
              "the Penn Treebank is licensed by the LDC",
              83,
              49_199),
          text(
              "snli",
              "sentences that describe photographs, a part of SNLI; 4000 to train, 500 to validate, 500 to test",
              "not stated where it is kept",
              48,
              5_000),
          text(
              "yelp",
              "short sentences of reviews; 10000 to train and validate, 10000 to test",
              "not stated where it is kept",
              16,
              20_000));

  /** Where else placed files are kept in {@code JAVAE_DATA}, beside a folder of their own name. */
  private static final Map<String, String> PLACES =
      Map.of(
          "ptb", "text/ptb",
          "snli", "text/snli-small",
          "yelp", "text/yelp-short",
          "mfeat", "multiview/mfeat",
          "nutrimouse", "multiview/nutrimouse",
          "liver-toxicity", "multiview/liver-toxicity",
          "cite-seq", "single-cell/cite-seq",
          "usps", "usps");

  /** Data sets that others are put together from. */
  private static final Map<String, List<String>> PARTS =
      Map.of("mnist-label", List.of("mnist"), "mnist-usps", List.of("mnist", "usps"));

  private final DataFolders folders;
  private final FolderOpener opener;

  /** A catalogue that looks for files in {@code folders} and opens them with {@code opener}. */
  public DataCatalog(DataFolders folders, FolderOpener opener) {
    this.folders = folders;
    this.opener = opener;
  }

  /** All named data sets, generated ones first. */
  public static List<Entry> entries() {
    return ENTRIES;
  }

  /** The data set of that name, if there is one. */
  public static Optional<Entry> find(String name) {
    return ENTRIES.stream().filter(e -> e.name().equals(name)).findFirst();
  }

  /**
   * The data set of that name.
   *
   * @throws UserException if there is none; names the nearest
   */
  public static Entry entry(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              List<String> names = ENTRIES.stream().map(Entry::name).toList();
              List<String> near = Nearest.to(name, names);
              return UserException.usage(
                  "There is no data set named %s%s",
                  name,
                  near.isEmpty()
                      ? "; the names are " + String.join(", ", names) + "."
                      : "; did you mean " + String.join(" or ", near) + "?");
            });
  }

  /** The folder that holds the files of a data set, if there is one. */
  public Optional<Path> locate(String name) {
    Entry entry = entry(name);
    if (PARTS.containsKey(name)) {
      boolean all = PARTS.get(name).stream().allMatch(p -> locate(p).isPresent());
      return all ? locate(PARTS.get(name).get(0)) : Optional.empty();
    }
    return switch (entry.source()) {
      case GENERATED -> folders.findOwn(name);
      case DOWNLOADABLE -> folders.find(name);
      case PLACED -> folders.find(name).or(() -> folders.findOwn(PLACES.get(name)));
    };
  }

  /**
   * Generates or opens a data set.
   *
   * @param options settings of a generated data set ({@link Entry#options}); the others take none
   * @param seed what a generated data set is drawn from; published data do not depend on it
   * @throws UserException if the name or an option is unknown, or the files are not there (then it
   *     says how to get them)
   */
  public Dataset open(String name, Map<String, String> options, long seed) {
    Entry entry = entry(name);
    Options checked = new Options(name, options, entry.options());
    if (PARTS.containsKey(name)) {
      return paired(name, checked, seed);
    }
    Optional<Path> folder = locate(name);
    if (folder.isPresent()) {
      if (!options.isEmpty()) {
        throw UserException.usage(
            "%s is read from %s, so the options %s, which are for generating it, cannot apply;"
                + " leave them out or unset %s.",
            name, folder.get(), String.join(", ", options.keySet()), DataFolders.DATA);
      }
      return opener.open(name, folder.get());
    }
    return switch (name) {
      case "sprites" -> sprites(checked, seed);
      case "strokes" -> strokes(checked).generate(seed);
      case "strokes-label" -> new StrokesLabel(strokes(checked)).generate(seed);
      case "poly-strokes" -> {
        PolyStrokes usual = PolyStrokes.standard();
        yield new PolyStrokes(
                checked.integer("train", usual.train()),
                checked.integer("test", usual.test()),
                checked.integer("views", usual.views()),
                checked.integer("channels", usual.channels()),
                checked.text("likelihood", usual.likelihood()))
            .generate(seed);
      }
      case "shapes-captions" -> {
        ShapesCaptions usual = ShapesCaptions.standard();
        yield new ShapesCaptions(
                checked.integer("size", usual.size()), checked.integer("n", usual.n()))
            .generate(seed);
      }
      case "linear-views" -> {
        LinearViews usual = LinearViews.standard();
        yield new LinearViews(
                checked.integer("views", usual.views()),
                checked.integer("dimension", usual.dimension()),
                checked.integer("latent", usual.latent()),
                checked.real("sigma", usual.sigma()),
                checked.integer("n", usual.n()))
            .generate(seed);
      }
      case "mixture" -> {
        Mixture.Kind kind = checked.choice("kind", Mixture.Kind.RING, Mixture.Kind.values());
        yield new Mixture(
                kind, checked.integer("n", 10_000), checked.real("sigma", kind.usualSigma()))
            .generate(seed);
      }
      case "linear-gaussian" -> {
        LinearGaussian usual = LinearGaussian.standard();
        yield new LinearGaussian(
                checked.integer("dimension", usual.dimension()),
                checked.integer("latent", usual.latent()),
                checked.real("sigma", usual.sigma()),
                checked.integer("n", usual.n()))
            .generate(seed);
      }
      case "synthetic-text" -> {
        SyntheticText usual = SyntheticText.standard();
        yield new SyntheticText(
                checked.integer("train", usual.train()),
                checked.integer("validation", usual.validation()),
                checked.integer("test", usual.test()),
                checked.integer("length", usual.length()),
                checked.integer("vocabulary", usual.vocabulary()),
                checked.real("scale", usual.scale()))
            .generate(seed);
      }
      case "nonstationary" -> {
        Nonstationary usual = Nonstationary.standard();
        yield new Nonstationary(
                checked.integer("segments", usual.segments()),
                checked.integer("dimension", usual.dimension()),
                checked.integer("layers", usual.layers()),
                checked.integer("n", usual.n()))
            .generate(seed);
      }
      default -> throw absent(entry);
    };
  }

  private Dataset paired(String name, Options options, long seed) {
    Dataset mnist = open("mnist", Map.of(), seed);
    if (name.equals("mnist-label")) {
      return LabelView.pair(name, "image", mnist, ViewSettings.AUTO.likelihood("bernoulli"));
    }
    return SameLabel.pair(
        name,
        mnist,
        open("usps", Map.of(), seed),
        options.integer("pairings", 5),
        options.text("likelihood", PolyStrokes.LIKELIHOOD),
        seed);
  }

  private static Strokes strokes(Options options) {
    Strokes usual = Strokes.standard();
    return new Strokes(
        options.integer("train", usual.train()),
        options.integer("test", usual.test()),
        options.real("jitter", usual.jitter()),
        options.real("thickness", usual.thickness()));
  }

  private static Dataset sprites(Options options, long seed) {
    Sprites usual = Sprites.ofSize(options.integer("size", 64), options.integer("n", 10_000));
    Sprites sprites =
        new Sprites(
            usual.size(),
            usual.n(),
            options.integer("scales", usual.scales()),
            options.integer("rotations", usual.rotations()),
            options.integer("xs", usual.xs()),
            options.integer("ys", usual.ys()));
    if (!options.flag("full")) {
      return sprites.generate(seed);
    }
    if (options.has("n")) {
      throw UserException.usage(
          "sprites: full=true makes every combination of the factors once, so n cannot be given"
              + " too.");
    }
    return Sprites.full(
        sprites.size(), sprites.scales(), sprites.rotations(), sprites.xs(), sprites.ys());
  }

  private static final String AS_TEXT =
      ", as text files called something with train, valid and test, one sentence a line";

  private UserException absent(Entry entry) {
    String name = entry.name();
    if (entry.source() == Source.PLACED) {
      boolean text = entry.likelihood().equals("categorical");
      return UserException.of(
          "The files of %s are not here, and JaVAE may not fetch them (%s): set %s to the folder that holds them in %s%s.",
          name, entry.licence(), DataFolders.DATA, PLACES.get(name), text ? AS_TEXT : "");
    }
    List<String> names = entry.files().stream().map(DataFile::name).toList();
    Stream<Path> places =
        Stream.concat(
            folders.own().map(o -> o.resolve(name)).stream(), Stream.of(folders.cacheOf(name)));
    return UserException.of(
        "The files of %s are not %s (looked in %s); run 'javae data get %s', or put %s%s into one of"
            + " these folders yourself.",
        name,
        folders.isUnfinished(name) ? "complete" : "here",
        String.join(" and ", places.map(Path::toString).toList()),
        name,
        and(names),
        entry.files().stream().allMatch(f -> f.archive() == Archive.NONE) ? "" : ", unpacked,");
  }

  private static String and(List<String> words) {
    return words.size() == 1
        ? words.get(0)
        : String.join(", ", words.subList(0, words.size() - 1))
            + " and "
            + words.get(words.size() - 1);
  }

  private static Entry generated(
      String name,
      String description,
      Shape shape,
      int size,
      String likelihood,
      List<String> options) {
    String binarize = name.equals("strokes") ? "dynamic" : "none";
    return new Entry(
        name,
        description,
        Source.GENERATED,
        NO_TERMS,
        shape,
        size,
        likelihood,
        binarize,
        options,
        List.of());
  }

  private static Entry placed(
      String name, String description, String licence, int width, int size) {
    return new Entry(
        name,
        description,
        Source.PLACED,
        licence,
        Shape.of(width),
        size,
        "gaussian",
        "none",
        List.of(),
        List.of());
  }

  /** Put together from other data sets, which have to be there. */
  private static Entry derived(
      String name,
      String description,
      int width,
      int size,
      String likelihood,
      List<String> options) {
    return new Entry(
        name,
        description,
        Source.PLACED,
        "that of its parts",
        Shape.of(width),
        size,
        likelihood,
        "none",
        options,
        List.of());
  }

  private static Entry text(String name, String description, String licence, int length, int size) {
    return new Entry(
        name,
        description,
        Source.PLACED,
        licence,
        Shape.of(length),
        size,
        "categorical",
        "none",
        List.of(),
        List.of());
  }

  /** Files of one folder, copied under the same names to several places. */
  private static final class Copies {
    private final List<String> bases;
    private final List<DataFile> files = new ArrayList<>();

    Copies(String... bases) {
      this.bases = List.of(bases);
    }

    Copies file(String name, long size, Checksum... checksums) {
      return file(name, size, Archive.NONE, checksums);
    }

    Copies file(String name, long size, Archive archive, Checksum... checksums) {
      List<URI> mirrors = bases.stream().map(base -> URI.create(base + name)).toList();
      files.add(new DataFile(name, size, List.of(checksums), mirrors, archive));
      return this;
    }

    List<DataFile> files() {
      return List.copyOf(files);
    }
  }

  /**
   * The SHA-256 of the gzip files are those TensorFlow Datasets publishes. What they unpack to was
   * summed here from copies (three of the four gzip files bit for bit the published ones), because
   * copies that were packed anew, with the same content, are common.
   */
  private static List<DataFile> mnist() {
    return new Copies(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://raw.githubusercontent.com/fgnt/mnist/master/")
        .file(
            "train-images-idx3-ubyte.gz",
            9_912_422,
            Checksum.sha256("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            Checksum.sha256Unpacked(
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"))
        .file(
            "train-labels-idx1-ubyte.gz",
            28_881,
            Checksum.sha256("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            Checksum.sha256Unpacked(
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"))
        .file(
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            Checksum.sha256("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            Checksum.sha256Unpacked(
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"))
        .file(
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            Checksum.sha256("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            Checksum.sha256Unpacked(
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"))
        .files();
  }

  /**
   * SHA-256 as TensorFlow Datasets publishes them. Of the labels also what they unpack to, summed
   * from the published files; of the pictures no published copy was at hand to sum.
   */
  private static List<DataFile> fashionMnist() {
    return new Copies(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/")
        .file(
            "train-images-idx3-ubyte.gz",
            26_421_880,
            Checksum.sha256("3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"))
        .file(
            "train-labels-idx1-ubyte.gz",
            29_515,
            Checksum.sha256("a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            Checksum.sha256Unpacked(
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"))
        .file(
            "t10k-images-idx3-ubyte.gz",
            4_422_102,
            Checksum.sha256("346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"))
        .file(
            "t10k-labels-idx1-ubyte.gz",
            5_148,
            Checksum.sha256("67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            Checksum.sha256Unpacked(
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"))
        .files();
  }

  /**
   * SHA-256 as TensorFlow Datasets publishes them. (The 28×28 version many papers on VAEs use,
   * {@code chardata.mat} of Burda, Grosse and Salakhutdinov, 2016, has no published checksum, so it
   * has to be placed by hand.)
   */
  private static List<DataFile> omniglot() {
    return new Copies(
            "https://github.com/brendenlake/omniglot/raw/master/python/",
            "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/")
        .file(
            "images_background.zip",
            9_464_212,
            Archive.ZIP,
            Checksum.sha256("ad41ab679c8b5d90b271ef46be6987cc81211774a695c29dcc5367b2b26ee640"))
        .file(
            "images_evaluation.zip",
            6_462_886,
            Archive.ZIP,
            Checksum.sha256("1f61a8f3366785b057fc117d9228e78a16e3d976c8953b2a10fcc74cf0609cee"))
        .files();
  }

  /**
   * Only an MD5 of this file has been published (by one downloader of it); no SHA-256 was to be
   * found.
   */
  private static List<DataFile> freyFaces() {
    return new Copies("https://cs.nyu.edu/~roweis/data/", "http://www.cs.nyu.edu/~roweis/data/")
        .file("frey_rawface.mat", -1, Checksum.md5("5aeb024d42b8a6091f30e5eb18c8a48d"))
        .files();
  }

  /**
   * Only an MD5 of this file has been published (by many downloaders of it); no SHA-256 was to be
   * found.
   */
  private static List<DataFile> dSprites() {
    return new Copies(
            "https://github.com/google-deepmind/dsprites-dataset/raw/master/",
            "https://raw.githubusercontent.com/google-deepmind/dsprites-dataset/master/",
            "https://github.com/deepmind/dsprites-dataset/raw/fa310c66517cfc1939d77fe17c725154efc97127/")
        .file(
            "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz",
            -1,
            Checksum.md5("7da33b31b13a06f4b04a70402ce90c2e"))
        .files();
  }

  /** SHA-256 as TensorFlow Datasets publishes it. */
  private static List<DataFile> cifar10() {
    return new Copies(
            "https://www.cs.toronto.edu/~kriz/",
            "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/")
        .file(
            "cifar-10-binary.tar.gz",
            170_052_171,
            Archive.TAR_GZ,
            Checksum.sha256("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"))
        .files();
  }
}
