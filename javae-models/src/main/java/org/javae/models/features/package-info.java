/** Networks trained on data for their features, outside the catalogue. */
package org.javae.models.features;
