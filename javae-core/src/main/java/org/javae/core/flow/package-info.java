/** Normalising flows: invertible maps with a known Jacobian, and the densities they make. */
package org.javae.core.flow;
