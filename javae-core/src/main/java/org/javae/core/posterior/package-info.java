/** Families of q(z|x): what an encoder's numbers mean. */
package org.javae.core.posterior;
