/** Spaces that latents live on when not in Rᵈ. */
package org.javae.core.geometry;
