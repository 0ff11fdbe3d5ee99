/** How well the dimensions of codes correspond to the factors that made the data. */
package org.javae.core.evaluate.disentangle;
