/**
 * What becomes of the posteriors of several views: products, mixtures, mixtures of products. Every
 * aggregation takes the same experts q_m(z|x_m) and the same weights {@code [batch, M]}, zero where
 * a view is absent, so that an absent view has no influence and gets no gradient.
 */
package org.javae.core.aggregate;
