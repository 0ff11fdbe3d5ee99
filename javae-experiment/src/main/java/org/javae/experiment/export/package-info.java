/** Trained models in the formats of other runtimes. */
package org.javae.experiment.export;
