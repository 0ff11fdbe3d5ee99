/** How alike generated and real observations are, by the features of a network. */
package org.javae.core.evaluate.sample;
