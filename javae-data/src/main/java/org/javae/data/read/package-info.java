/**
 * Readers: a file, a folder or a database query becomes an {@link org.javae.core.data.Dataset}.
 *
 * <p>{@link org.javae.data.read.DataReader} is the only way in. Every file is treated as hostile
 * input: headers are checked against what the file can hold before anything is allocated, and every
 * mistake a user can mend ends as an {@link org.javae.tensor.UserException} of one sentence.
 */
package org.javae.data.read;
