package org.javae.data.read;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBAppender;
import org.javae.tensor.UserException;

/** The answer to a query of any database that a JDBC driver reaches. */
final class QueryTable implements TableSource, AutoCloseable {
  private static final int FETCHED = 10_000;

  private final Statement statement;
  private final ResultSet rows;

  QueryTable(Connection connection, String query, ReadOptions options) {
    Statement s = null;
    try {
      try {
        connection.setReadOnly(true);
        connection.setAutoCommit(false); // else some drivers fetch the whole answer into memory
      } catch (SQLException e) {
        // A driver that cannot do this may still answer.
      }
      s = connection.createStatement();
      s.setFetchSize(FETCHED);
      if (options.limit().isPresent()) {
        s.setMaxRows(options.limit().getAsInt());
      }
      statement = s;
      rows = s.executeQuery(query);
    } catch (SQLException e) {
      closeQuietly(s);
      throw failure(e);
    }
  }

  static UserException failure(SQLException e) {
    String detail = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return UserException.of(
        e,
        "The database did not answer the query (%s): try it in the database's own client.",
        Inputs.brief(detail));
  }

  @Override
  public String what() {
    return "the query's answer";
  }

  @Override
  public List<SourceColumn> columns(DuckDb db) {
    try {
      ResultSetMetaData m = rows.getMetaData();
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= m.getColumnCount(); i++) {
        names.add(m.getColumnLabel(i));
      }
      List<String> unique = SourceColumn.unique(names);
      List<SourceColumn> out = new ArrayList<>();
      for (int i = 1; i <= names.size(); i++) {
        out.add(column(unique.get(i - 1), m.getColumnType(i), m.getColumnTypeName(i)));
      }
      return out;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private static SourceColumn column(String name, int type, String typeName) {
    return switch (type) {
      case Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.REAL,
          Types.FLOAT,
          Types.DOUBLE,
          Types.NUMERIC,
          Types.DECIMAL ->
          new SourceColumn(name, SourceColumn.Storage.NUMBER, "number");
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.CLOB,
          Types.NCLOB,
          Types.BIT,
          Types.BOOLEAN ->
          new SourceColumn(name, SourceColumn.Storage.TEXT, "text");
      case Types.DATE,
          Types.TIME,
          Types.TIMESTAMP,
          Types.TIME_WITH_TIMEZONE,
          Types.TIMESTAMP_WITH_TIMEZONE ->
          new SourceColumn(name, SourceColumn.Storage.UNUSABLE, "date");
      default -> SourceColumn.ofEngineType(name, typeName == null ? "unknown" : typeName);
    };
  }

  @Override
  public void load(DuckDb db, List<SourceColumn> columns, int[] wanted, long limit)
      throws SQLException {
    SourceColumn.Storage[] storage =
        Arrays.stream(wanted)
            .mapToObj(i -> columns.get(i).storage())
            .toArray(SourceColumn.Storage[]::new);
    db.run(
        "CREATE TEMP TABLE t ("
            + IntStream.range(0, wanted.length)
                .mapToObj(
                    k ->
                        "c"
                            + wanted[k]
                            + (storage[k] == SourceColumn.Storage.NUMBER ? " DOUBLE" : " VARCHAR"))
                .collect(Collectors.joining(", "))
            + ")");
    try (DuckDBAppender out = db.connection().createAppender("temp", "main", "t")) {
      for (long n = 0; (limit < 0 || n < limit) && next(); n++) {
        out.beginRow();
        for (int k = 0; k < wanted.length; k++) {
          if (storage[k] == SourceColumn.Storage.NUMBER) {
            Double v = number(wanted[k] + 1);
            if (v == null) {
              out.appendNull();
            } else {
              out.append(v.doubleValue());
            }
          } else {
            String v = text(wanted[k] + 1, storage[k] == SourceColumn.Storage.UNUSABLE);
            if (v == null) {
              out.appendNull();
            } else {
              out.append(v);
            }
          }
        }
        out.endRow();
      }
      out.flush();
    }
  }

  private boolean next() {
    try {
      return rows.next();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private Double number(int column) {
    try {
      Object o = rows.getObject(column);
      if (o == null) {
        return null;
      }
      double v =
          o instanceof Number x
              ? x.doubleValue()
              : new BigDecimal(o.toString().strip()).doubleValue();
      return Double.isNaN(v) ? null : v;
    } catch (SQLException e) {
      throw failure(e);
    } catch (NumberFormatException e) {
      // Databases without strict types (SQLite) may hold text in a column declared as numbers.
      throw UserException.of(
          e,
          "Column %d of the query's answer is declared a number but holds something else: cast it in the query.",
          column);
    }
  }

  private String text(int column, boolean unusable) {
    try {
      if (unusable) {
        Object o = rows.getObject(column);
        return o == null ? null : "";
      }
      String s = rows.getString(column);
      return s == null || CsvDialect.isMissing(s) ? null : CsvDialect.trimmed(s);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    closeQuietly(statement);
  }

  private static void closeQuietly(Statement s) {
    try {
      if (s != null) {
        s.close();
      }
    } catch (SQLException e) {
      // The answer has been read or the query has failed already; closing changes neither.
    }
  }
}
