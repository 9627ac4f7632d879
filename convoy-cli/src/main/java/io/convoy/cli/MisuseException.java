package io.convoy.cli;

/** The command line asks for something that no command does; the message says what to type. */
final class MisuseException extends Exception {
  private static final long serialVersionUID = 1;

  MisuseException(String message) {
    super(message);
  }

  MisuseException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }
}
