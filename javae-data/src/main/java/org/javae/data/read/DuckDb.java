package org.javae.data.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.javae.tensor.UserException;

/**
 * A DuckDB of our own in memory, holding one table {@code t} whose columns are {@code c0, c1, ...}:
 * names from outside never become part of a statement. It never fetches extensions; what does not
 * fit its memory goes to a folder that is deleted on closing.
 */
final class DuckDb implements AutoCloseable {
  private static final long MIN_MEMORY = 512L << 20;
  private static final long MAX_MEMORY = 4L << 30;

  private final DuckDBConnection connection;
  private final Path spill;

  DuckDb(ReadOptions options) {
    Path parent =
        options.spoolFolder().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
    try {
      spill = Files.createTempDirectory(parent, "javae-table-");
    } catch (IOException e) {
      throw UserException.of(
          e,
          "Reading a table needs a folder for temporary files, and %s takes none: name another with spoolFolder.",
          parent);
    }
    Properties p = new Properties();
    p.setProperty("autoinstall_known_extensions", "false");
    p.setProperty("autoload_known_extensions", "false");
    p.setProperty("allow_community_extensions", "false");
    p.setProperty("jdbc_stream_results", "true");
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:", p).unwrap(DuckDBConnection.class);
      try {
        long memory =
            Math.max(MIN_MEMORY, Math.min(MAX_MEMORY, Runtime.getRuntime().maxMemory() / 2));
        run("SET temp_directory = " + literal(spill.toAbsolutePath().toString()));
        run("SET memory_limit = '" + (memory >> 20) + "MiB'");
        run("SET preserve_insertion_order = true");
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException | LinkageError e) {
      deleteSpill();
      throw UserException.of(
          e,
          "The table engine (DuckDB) cannot start on this machine: read the data as npy or npz instead.");
    }
  }

  /** Something that needs the database. */
  interface Work<T> {
    T run() throws SQLException;
  }

  /**
   * Does {@code work} on one thread. With more, version 1.5.6 stored the rows of large files in an
   * order that changed from run to run, although it was told to keep theirs; data must come in the
   * same order every time.
   */
  <T> T inOrder(Work<T> work) throws SQLException {
    long threads = query("SELECT current_setting('threads')", r -> r.next() ? r.getLong(1) : 1);
    run("SET threads = 1");
    try {
      return work.run();
    } finally {
      run("SET threads = " + threads);
    }
  }

  /** {@code s} as a string literal of SQL. */
  static String literal(String s) {
    return "'" + s.replace("'", "''") + "'";
  }

  /** The path as the engine must be told it: its wildcards stand for themselves. */
  static String path(Path file) {
    return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
  }

  DuckDBConnection connection() {
    return connection;
  }

  void run(String sql) throws SQLException {
    try (Statement s = connection.createStatement()) {
      s.execute(sql);
    }
  }

  void run(String sql, String parameter) throws SQLException {
    try (PreparedStatement s = connection.prepareStatement(sql)) {
      s.setString(1, parameter);
      s.execute();
    }
  }

  /** Takes the rows of a query. */
  interface Rows<T> {
    T of(ResultSet rows) throws SQLException;
  }

  <T> T query(String sql, Rows<T> use) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet r = s.executeQuery(sql)) {
      return use.of(r);
    }
  }

  <T> T query(String sql, String parameter, Rows<T> use) throws SQLException {
    try (PreparedStatement s = connection.prepareStatement(sql)) {
      s.setString(1, parameter);
      try (ResultSet r = s.executeQuery()) {
        return use.of(r);
      }
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // Everything of value has been read; a database in memory has nothing to lose.
    }
    deleteSpill();
  }

  private void deleteSpill() {
    try (Stream<Path> all = Files.walk(spill)) {
      all.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      spill.toFile().deleteOnExit();
    }
  }
}
