package io.convoy.ebs.testing;

/** An answer that says no. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;

  ApiException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Most errors of EC2 have status 400. */
  // The annotation that is asked for would be a dependency more.
  @SuppressWarnings("AnnotateFormatMethod")
  static ApiException of(String code, String message, Object... arguments) {
    return new ApiException(400, code, message.formatted(arguments));
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
