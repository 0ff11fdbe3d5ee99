/**
 * The catalogue of data sets by name, where their files are looked for, and how they are
 * downloaded. Nothing here touches the network unless {@link org.javae.data.get.DataGetter#get} is
 * called.
 */
package org.javae.data.get;
