package org.javae.core.model;

import java.util.List;

/** A fitted model that found something its user should know. */
public interface Remarks {
  /** A sentence each; empty if all is well. */
  List<String> remarks();
}
