package org.javae.tensor;

import java.util.Locale;

/**
 * A mistake the user can mend. The message is one clear sentence (at most two): what was wrong,
 * where, what was expected, what to do. The command line prints it without a stack trace and leaves
 * with {@link #exitCode()}.
 */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private UserException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Something about the data, a file or the machine is wrong: exit code 1. */
  public static UserException of(String format, Object... args) {
    return new UserException(1, String.format(Locale.ROOT, format, args), null);
  }

  /** As {@link #of}, keeping the cause for {@code --debug}. */
  public static UserException of(Throwable cause, String format, Object... args) {
    return new UserException(1, String.format(Locale.ROOT, format, args), cause);
  }

  /** The request itself is wrong (unknown model, key or option): exit code 2. */
  public static UserException usage(String format, Object... args) {
    return new UserException(2, String.format(Locale.ROOT, format, args), null);
  }

  /** 1 for data, files and machine; 2 for a wrong request. */
  public int exitCode() {
    return exitCode;
  }
}
