package org.javae.core.model;

import java.util.List;

/**
 * A model with a penalty on its batch as a whole, such as a covariance of codes. Such a term is
 * kept per observation, the same for all of them, but another batch gives an observation another
 * value: what otherwise holds for every loss, that splitting a batch changes nothing, cannot.
 */
public interface BatchCoupled {
  /** Names of the loss terms that depend on the whole batch without drawing anything at random. */
  List<String> coupledTerms();
}
