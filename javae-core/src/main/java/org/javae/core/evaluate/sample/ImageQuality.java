package org.javae.core.evaluate.sample;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.javae.tensor.Tensor;

/**
 * How good pictures are, in the data's own units [0, 1]; null where not asked for.
 *
 * @param frechet {@link Frechet} distance of samples from data
 * @param precision {@link PrecisionRecall}
 * @param recall {@link PrecisionRecall}
 * @param psnr peak signal-to-noise ratio of reconstructions in decibel, mean over images
 * @param ssim {@link org.javae.core.divergence.MsSsim#ssim} of reconstructions, mean over images
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageQuality(
    Double frechet, Double precision, Double recall, Double psnr, Double ssim) {
  /** Names of what is measured on samples. */
  public static final List<String> OF_SAMPLES = List.of("frechet", "precision", "recall");

  /** Names of what is measured on reconstructions. */
  public static final List<String> OF_RECONSTRUCTIONS = List.of("psnr", "ssim");

  /** An error below this counts as this: 100 dB, where exact copies would be infinite. */
  private static final double LEAST_ERROR = 1e-10;

  /** {@code 10 log₁₀(1 / MSE)} of each image, {@code [n]}, at most 100. */
  public static Tensor psnr(Tensor x, Tensor y) {
    Tensor error = x.minus(y).square().reshape(x.size(0), -1).mean(1);
    return error.clamp(LEAST_ERROR, 1e30).log().times(-10 / Math.log(10));
  }
}
