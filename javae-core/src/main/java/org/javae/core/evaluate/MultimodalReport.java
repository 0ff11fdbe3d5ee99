package org.javae.core.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What {@link Multimodality} found. Likelihoods in nats an observation; what was not asked for is
 * null, and what no observation has what it takes for is null or left out.
 *
 * @param views their names
 * @param n observations measured
 * @param samples importance samples an observation
 * @param likelihoods joint, conditional and marginal, with the synergy table
 * @param patterns reconstruction of every view by which views were seen
 * @param coherence whether generated views agree
 * @param probe what a linear map reads out of the shared latents
 * @param factorisation what the shared and the private latents know of the label
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MultimodalReport(
    List<String> views,
    int n,
    int samples,
    Likelihoods likelihoods,
    List<Pattern> patterns,
    Coherence coherence,
    Probe probe,
    Factorisation factorisation) {

  /**
   * By importance sampling. Of a model that is conditional on views, all of it is given these:
   * {@code joint} is ln p(targets | conditions), and the conditions have no row.
   *
   * @param joint ln p(x₁ … x_M) of the views that are there
   * @param views of each
   */
  public record Likelihoods(Double joint, List<ViewLikelihood> views) {}

  /**
   * Of one view, over the observations that have it. null where no observation has what it takes.
   *
   * @param view its name
   * @param marginal ln p(xₘ)
   * @param conditional ln p(xₘ | the others) = ln p(X) − ln p(X without xₘ), over observations that
   *     have others
   * @param given synergy: {@code all}, {@code others}, {@code itself} are the predictive {@code ln
   *     E_{q(z|x_S)} p(xₘ|z)} with S all views, the others, xₘ alone; {@code none} is the marginal.
   *     With all or itself the code has seen what it is asked about
   */
  public record ViewLikelihood(
      String view, Double marginal, Double conditional, Map<String, Double> given) {}

  /**
   * Reconstruction of every view from a subset, with z drawn from q(z|x_S).
   *
   * @param seen the subset
   * @param n observations that have all of it
   * @param error of each view: MSE an element in the model's units, or of categories and text the
   *     part that is wrong
   * @param logLikelihood E_q ln p(xₘ|z)
   */
  public record Pattern(
      List<String> seen,
      int n,
      Map<String, Double> error,
      @JsonProperty("log_likelihood") Map<String, Double> logLikelihood) {}

  /**
   * Agreement of what is generated with the label.
   *
   * @param label the annotation the judges go by
   * @param judges accuracy of the judges on real observations, the ceiling of all else here
   * @param joint part of draws from the prior all views of which show the same label
   * @param cross by seen subset, e.g. {@code image+sound}: by generated view, the part that shows
   *     the label of the observation
   * @param byInputs mean of {@code cross} over the subsets of 1, 2 … M − 1 views and the views not
   *     among them
   */
  public record Coherence(
      String label,
      Map<String, Double> judges,
      Double joint,
      Map<String, Map<String, Double>> cross,
      @JsonProperty("by_inputs") List<Double> byInputs) {}

  /**
   * Accuracy of a linear classifier of the shared latents' posterior mean.
   *
   * @param chance what the most frequent label alone achieves
   * @param bySubset by views seen
   * @param byInputs mean over the subsets of 1, 2 … M views
   */
  public record Probe(
      String label,
      Double chance,
      @JsonProperty("by_subset") Map<String, Double> bySubset,
      @JsonProperty("by_inputs") List<Double> byInputs) {}

  /**
   * Accuracy of a linear classifier on parts of the code, all views seen.
   *
   * @param shared of the shared latents: high where they hold the label
   * @param privates of each view's private latents: near chance where factorisation worked
   */
  public record Factorisation(
      String label,
      Double chance,
      Double shared,
      @JsonProperty("private") Map<String, Double> privates) {}
}
