package org.javae.core.model;

/**
 * Marks a validated record with a model's settings; component names are the keys of {@code --set}
 * and of JSON.
 */
public interface ModelConfig {}
