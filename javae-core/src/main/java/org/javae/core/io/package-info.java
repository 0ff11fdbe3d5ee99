/**
 * Files: atomic writing, hashes, strict JSON and YAML, and tensors in the safetensors format. Every
 * reader here treats its input as hostile and answers a bad file with one sentence.
 */
package org.javae.core.io;
