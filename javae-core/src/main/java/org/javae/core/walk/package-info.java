/** Ways through a latent space: lines, arcs, geodesics of the decoder, attribute vectors. */
package org.javae.core.walk;
