package org.javae.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.io.Json;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.train.TrainConfig;
import org.javae.tensor.Shape;

/** What every key of {@code --set} and of a configuration file means. */
public final class Keys {
  private static final Map<String, String> MEANING = new LinkedHashMap<>();

  static {
    // Models.
    say(
        "latent",
        "latent dimensions; in hvae of each level before tapering, in nvae channels of each group");
    say("encoder", "network: linear, mlp:W,W…, conv:C,C… (halves the image each time), resnet:NxC");
    say("decoder", "network, as encoder; mirrors the encoder unless set");
    say(
        "likelihood",
        "bernoulli, continuous-bernoulli, gaussian[:S|shared|element], laplace[:…], balance:C, categorical:K, discretised-logistic, logistic-mixture:K, mixed");
    say("schedule", "of the KL weight: constant, linear:E, sigmoid:E, cyclical:M,R");
    say(
        "samples",
        "M, draws of z for each observation in a training step; in miwae and piwae bounds of K draws each");
    say(
        "prior",
        "p(z): standard, learned, mixture:K, vamp:K, exemplar:N, aggregate:N, flow:L, maf:L, implicit:W");
    say("kl", "in place of the KL term: plain, free-bits:NATS, capacity:NATS,EPOCHS,WEIGHT");
    say(
        "k",
        "K, importance samples inside the logarithm of the bound; in rbm Gibbs steps a training step");
    say(
        "levels",
        "L, levels of codes, each given those above; in pixelcnn of a pixel's values: 2, 256 or fewer");
    say("taper", "width of a level of codes by that of the level below, at most 1");
    say("hidden", "units of each layer between levels; in rbm hidden units");
    say(
        "inference",
        "a lower level's q: direct, ladder (times its prior) or residual (a change of its prior)");
    say("channels", "of the finest latent scale's images; twice as many at each coarser one");
    say("scales", "of latent images, each half the size of the one before");
    say("halvings", "of the image before the finest latent scale");
    say("expansion", "channels within a decoder cell, times those around it");
    say("spectral", "weight of the convolutions' largest singular values; 0: none");
    say("balance", "whether levels that carry little cost less while the KL weight rises");
    say("posterior", "q(z|x): diagonal, full, planar:K, radial:K, iaf:K,W");
    say(
        "gradient",
        "of the encoder: reparameterised or dreg (doubly reparameterised); in svae of a draw: implicit or proposal");
    say("prior_mean", "of p(z) given a label: zero or learned; its scale is learned");
    say("curvature", "c, minus the curvature of the Poincare ball");
    say("prior_scale", "standard deviation of the prior around the ball's centre");
    say("gyroplanes", "hyperplanes whose distances the decoder sees; 0: it sees log(z)");
    say("classes", "K, of each of the latent choices");
    say("temperature", "of the Gumbel-Softmax at the start");
    say("temperature_end", "of the Gumbel-Softmax at the end");
    say("straight_through", "whether the decoder sees hard choices in training");
    say("components", "Gaussians in a mixture");
    say("covariance", "of a mixture's Gaussians: full or diagonal");
    say("blocks", "residual blocks at the map of codes, on both sides");
    say(
        "groups",
        "codes of an observation where the encoder is a perceptron; in nvae of latent images at each scale");
    say("codes", "K, entries of a codebook");
    say("code_size", "D, numbers of an entry");
    say("decay", "of the averages that entries follow; 0: entries are trained by gradients");
    say("restart", "part of the average use below which an entry begins anew; 0: never");
    say("prior_layers", "gated layers of the prior over codes");
    say("prior_features", "of each of the prior's layers");
    say("iterations", "of expectation maximisation or a fixed point at most");
    say("restarts", "fits by expectation maximisation from other starts; the best is kept");
    say("swaps", "times that a component of the best fit is then put elsewhere at random");
    say(
        "select",
        "what the best of several fits has most of: likelihood, or information, I(component; x)");
    say("clusters", "groups to sort observations into");
    say("pretrain", "epochs as an autoencoder, to whose codes the mixture is then fitted; 0: none");
    say(
        "pretrain_kl",
        "weight of the KL term to N(0, I) meanwhile; 0: an autoencoder without noise");
    say("pretrain_noise", "part of the inputs set to zero at random while pretraining");
    say("network", "perceptron whose weights are masked: mlp:W,W…");
    say("masks", "orders of the elements that share the weights; the density is their mean");
    say("negatives", "where Gibbs chains begin: cd (the data) or pcd (where they stopped)");
    say("chains", "Gibbs chains that persist");
    say(
        "annealing",
        "in rbm temperatures that estimate the normaliser for validation, ten times as many for evaluation; in categorical-vae the temperature falls by exp(-annealing) an epoch");
    say("gibbs", "steps of annealed Gibbs sampling for a draw, and again at its end");
    say("features", "channels of each of a PixelCNN's two stacks");
    say("layers", "of a PixelCNN after the first; a pixel sees 3 rows more");
    say("nonlinearity", "of independent component analysis: logcosh, exp or cube");
    say("response", "what the views are to predict: label, or the name of a view");
    say("criterion", "of canonical correlations of several sets: maxvar or sumcor");
    say(
        "individual",
        "ranks of the views' own variation: permutation (which chooses the joint rank too, up to latent), a number for each view as 3,1,2, or one for all");
    say("permutations", "of each test of ranks");
    say(
        "regularisation",
        "part of a view's mean variance added to its variances where covariances are inverted");
    say("flow", "normalising flow: maf:L[,W] (autoregressive) or flow:L[,W] (couplings)");
    say(
        "beta",
        "weight of the KL term (1 is the VAE); in beta-tc-vae of the total correlation, in ciwae of the ELBO, in vq-vae of the commitment to entries, in rae of the codes' norm");
    say(
        "alpha",
        "information between x and z: in beta-tc-vae its weight, in info-vae (1 at most) its reward; in mvtcae the share of the views' total correlation");
    say(
        "gamma",
        "in factor-vae weight of the total correlation, in beta-tc-vae of each dimension's KL, in vae-gan of likeness");
    say("lambda", "weight of what keeps codes like the prior or, in rae, the decoder smooth");
    say("lambda_od", "weight of squared covariances");
    say("lambda_d", "weight of squared deviations of variances from 1");
    say("dip", "whose covariance: i the posterior means', ii the codes'");
    say("estimator", "of q(z) from a batch: weighted or stratified");
    say("kernel", "of the mean discrepancy: imq[:C] or rbf[:SIGMA]");
    say("critic", "network, as encoder, that tells two kinds of samples apart");
    say("projections", "random lines a step");
    say("epsilon", "entropy of the transport plan, by latent dimension");
    say("updates", "of the transport potentials a step");
    say("penalty", "what keeps the decoder smooth: l2 (its weights) or gp (its gradient)");
    say("weight", "of dissimilarity against the KL term");
    say("embedding", "size of the words' vectors");
    say("units", "of each LSTM");
    say("word_dropout", "fraction of the words fed to the decoder in training that become unknown");
    say("dropout", "fraction of the decoder's embeddings and states set to zero in training");
    say("init", "LSTM weights start from U(-init, init); 0: Glorot's range");
    say("weights", "of views' log-likelihoods, NAME:W,NAME:W; the others as in the data");
    say("subsets", "random subsets of the views a step besides all and each alone");
    say("experts", "of the views: product, or quotient (each holds the prior already)");
    say("privates", "dimensions of each view's private latent");
    say("joint", "width of the layers where a network of several views joins them");
    say(
        "given",
        "views that are given, by name, separated by commas; the others are told from them");
    say("pseudo", "pseudo-samples of each view, the prior where it is absent");
    say("cross", "whether a view's shared latent alone also explains the other views");
    // Training.
    say("epochs", "passes over the training rows");
    say("batch", "observations a step");
    say("lr", "learning rate");
    say("seed", "of everything random");
    say("optimizer", "adam, adamw or sgd");
    say("lr_schedule", "of the learning rate: constant, cosine:E (warm-up), step:E,G, linear:E");
    say("momentum", "of sgd");
    say("weight_decay", "L2 penalty; decoupled with adamw");
    say("clip", "largest norm of the whole gradient; 0 for none");
    say("ema", "decay of averaged weights that are evaluated and kept; 0 for none");
    say("accumulate", "batches summed before a step");
    say(
        "aggressive",
        "most updates of the encoder before each of the rest, until mutual information stops rising; 0 for none");
    say("patience", "epochs without a better validation loss before stopping; 0 for never");
    say("best", "keep the weights of the best validation loss, not the last");
    say("max_seconds", "training time after which to stop; 0 for no limit");
    say("checkpoint_seconds", "at most this long between checkpoints");
    // Data.
    say("binarize", "none, static, dynamic, or auto: what the data and the likelihood ask for");
    say("scaling", "none, standard, minmax, or auto: standard for tables, none for images");
    say("missing", "missing cells: error, mean or drop");
    say("validation", "part of the training rows held out");
    say("test", "part of all rows held out where none is published");
    say("limit", "at most so many rows each of train, validation and test; 0 for all");
    say("query", "of a jdbc: address");
    say("label", "column of a table that is an annotation, not data");
    say("exclude", "columns of a table to leave out, separated by commas");
    say("resize", "image size HxW");
    say("deskew", "set pictures of one channel upright and centre them, by their moments");
    say("categorical", "columns of a table to take as categories, separated by commas");
    say("header", "whether a table's first line names its columns: auto, true or false");
    say("array", "which array of an npz or mat file holds the observations");
    say("format", "what a file is where its name does not say: csv, npz …");
    say("vocabulary", "of text: most words told apart, learned on the training rows; 0 for all");
    say(
        "max_length",
        "of text: tokens, with the end mark, beyond which a sentence is cut; 0: none");
    say("missing_views", "of several views: probability that a training observation lacks one");
    say("paired", "of several views: part of the training observations that keep them all");
    say(
        "repeat_complete",
        "of several views: times that a training observation with all of them comes in an epoch");
    say("n", "observations to generate; 0 for the usual number");
  }

  private Keys() {}

  private static void say(String key, String meaning) {
    MEANING.put(key, meaning);
  }

  /**
   * A key with what it means.
   *
   * @param value its default; for a model's key the one that suits grey images of 28×28
   */
  public record Key(String name, Object value, String meaning) {}

  /** Keys of a model. */
  public static List<Key> ofModel(CatalogEntry<?> entry) {
    DataSpec images = DataSpec.of(Shape.of(1, 28, 28), true, true);
    return keys(
        Json.mapper().convertValue(entry.defaults().apply(images), Map.class), entry.keys());
  }

  /** Keys of training. */
  public static List<Key> ofTraining() {
    return keys(
        Json.mapper().convertValue(TrainConfig.DEFAULTS, Map.class),
        Arrays.stream(TrainConfig.class.getRecordComponents()).map(c -> c.getName()).toList());
  }

  /** Keys of the data. */
  public static List<Key> ofData() {
    return keys(Json.mapper().convertValue(DataConfig.DEFAULTS, Map.class), DataConfig.keys());
  }

  private static List<Key> keys(Map<?, ?> defaults, List<String> names) {
    List<Key> r = new ArrayList<>();
    for (String n : names) {
      r.add(new Key(n, defaults.get(n), MEANING.getOrDefault(n, "")));
    }
    return r;
  }
}
