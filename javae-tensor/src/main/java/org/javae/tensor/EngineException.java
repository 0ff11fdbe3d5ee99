package org.javae.tensor;

/**
 * The tensor engine refused an operation; the message is short and names the operation and the
 * shapes.
 */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same failure with the place (a layer, a model part) put in front. */
  public EngineException at(String place) {
    return new EngineException(place + ": " + getMessage(), getCause());
  }

  /**
   * Engine errors carry dozens of lines of C++ frames: keeps the first sentence and adds operation
   * and shapes.
   */
  static EngineException shortened(String op, RuntimeException e, Tensor... args) {
    String m = e.getMessage() == null ? e.toString() : e.getMessage();
    int cut = m.indexOf("\nException raised from");
    if (cut < 0) {
      cut = m.indexOf("\nframe #");
    }
    m = (cut < 0 ? m : m.substring(0, cut)).strip();
    int line = m.indexOf('\n');
    if (line > 0) {
      m = m.substring(0, line);
    }
    StringBuilder shapes = new StringBuilder();
    for (Tensor t : args) {
      shapes.append(shapes.isEmpty() ? "" : ", ").append(t.shape());
    }
    return new EngineException(op + (shapes.isEmpty() ? "" : " of " + shapes) + ": " + m, e);
  }
}
