package org.javae.data.read;

import java.sql.SQLException;
import java.util.List;

/** Something that can be copied into the table {@code t} of a {@link DuckDb}. */
interface TableSource {
  /** What messages call it: the file as the user named it, or "the query". */
  String what();

  /** The columns, in order, with unique names. */
  List<SourceColumn> columns(DuckDb db) throws SQLException;

  /**
   * Creates {@code t} with a column {@code ci} for each {@code i} of {@code wanted} (numbers into
   * {@link #columns}), and copies at most {@code limit} rows (all, if that is negative) in the
   * source's order.
   */
  void load(DuckDb db, List<SourceColumn> columns, int[] wanted, long limit) throws SQLException;
}
