package org.javae.core.model;

/**
 * Marks a model whose observations are sequences of tokens ({@link DataSpec#isText}); to any other
 * model such numbers would be quantities, which they are not.
 */
public interface ReadsText {}
