package org.javae.core.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.evaluate.disentangle.Disentanglement;
import org.javae.core.evaluate.sample.ImageQuality;

/**
 * What an evaluation found; null where a metric does not apply to the model. Likelihoods are in
 * nats per observation.
 *
 * @param elbo evidence lower bound, to be maximised
 * @param nll −ln p(x): exact where the model knows it ({@code nllSamples} 0), else estimated by
 *     importance sampling; of an energy-based model with its normaliser by {@link Partition}
 * @param nllSamples importance samples an observation
 * @param reconstruction −E_q[ln p(x|z)]; for deterministic autoencoders the squared error summed
 *     over elements
 * @param kl KL(q(z|x)‖p(z))
 * @param klPerDimension its parts, where q and p factorise
 * @param activeUnits dimensions whose posterior mean varies: Var_x(E_q[z]) &gt; 0.01 (Burda et al.,
 *     2016)
 * @param mutualInformation I_q(x; z) with the aggregate posterior over at most 2000 observations,
 *     so at most ln 2000; of a hierarchy the top level's
 * @param perplexity of text, {@code exp(−ln p(x) / tokens)} over all sentences with their end
 *     marks: from {@code nll} if that was estimated, else from the ELBO, which makes it an upper
 *     bound. Of discrete codes {@code exp} of the entropy of the entries' frequencies: how many
 *     entries, used equally often, say as much
 * @param codebookUsage entries of codebooks that at least one code is, as part of all
 * @param mse squared error of decode(encode(x)), averaged over elements, in the model's
 *     (preprocessed) units
 * @param aisNll −ln p(x) by annealed importance sampling, an upper bound in expectation
 * @param aisGap what annealing leaves open on observations drawn from the model: upper less lower
 *     bound of ln p(x), nats; of an energy-based model upper less lower bound of ln Z
 * @param mcc mean correlation coefficient of the codes with the true sources, where the data know
 *     theirs ({@link MeanCorrelation})
 * @param bitsPerDimension −log₂ P(x) by element, of bytes and other levels with a mass each: from
 *     {@code nll} if that was estimated, else from the ELBO, which makes it an upper bound
 * @param accuracy of a clustering model's groups against the labels, at the best assignment of
 *     groups to labels ({@link Clustering}), where the data have labels
 * @param nmi normalised mutual information of groups and labels
 * @param ari adjusted Rand index of groups and labels
 * @param clusterSizes observations in each group
 * @param disentanglement scores of the codes against the factors that made the data, null unless
 *     asked for
 * @param images how good pictures are, null unless asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Metrics(
    Double elbo,
    Double nll,
    @JsonProperty("nll_samples") Integer nllSamples,
    Double reconstruction,
    Double kl,
    @JsonProperty("kl_per_dimension") double[] klPerDimension,
    @JsonProperty("active_units") Integer activeUnits,
    @JsonProperty("mutual_information") Double mutualInformation,
    Double perplexity,
    @JsonProperty("codebook_usage") Double codebookUsage,
    Double mse,
    @JsonProperty("ais_nll") Double aisNll,
    @JsonProperty("ais_gap") Double aisGap,
    Double mcc,
    @JsonProperty("bits_per_dimension") Double bitsPerDimension,
    Double accuracy,
    Double nmi,
    Double ari,
    @JsonProperty("cluster_sizes") int[] clusterSizes,
    @JsonUnwrapped Disentanglement disentanglement,
    @JsonUnwrapped ImageQuality images) {
  /** The same with what was found of pictures. */
  public Metrics with(ImageQuality i) {
    return new Metrics(
        elbo,
        nll,
        nllSamples,
        reconstruction,
        kl,
        klPerDimension,
        activeUnits,
        mutualInformation,
        perplexity,
        codebookUsage,
        mse,
        aisNll,
        aisGap,
        mcc,
        bitsPerDimension,
        accuracy,
        nmi,
        ari,
        clusterSizes,
        disentanglement,
        i);
  }
}
