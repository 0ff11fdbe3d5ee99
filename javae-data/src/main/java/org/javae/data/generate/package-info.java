/**
 * Data drawn from known processes: shapes with ground-truth factors, hand-drawn-looking digits, and
 * densities whose exact likelihood is known. Every generator is a record of settings; the same
 * settings and seed give the same bits on every machine (all elementary functions come from {@link
 * java.lang.StrictMath}, nothing is drawn through AWT).
 */
package org.javae.data.generate;
