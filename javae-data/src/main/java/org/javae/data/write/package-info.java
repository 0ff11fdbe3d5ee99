/** Writing data sets to files other programs read. */
package org.javae.data.write;
