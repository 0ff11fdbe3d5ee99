/** Published figures, the commands that should reach them, and the table of how far they did. */
package org.javae.experiment.reproduce;
