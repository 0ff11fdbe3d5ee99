package org.javae.core.model;

/**
 * What the catalogue says of a model.
 *
 * @param title the field's name for it
 * @param equation what is optimised, in one line
 * @param citation author, year and equation
 */
public record About(String title, String equation, String citation) {}
