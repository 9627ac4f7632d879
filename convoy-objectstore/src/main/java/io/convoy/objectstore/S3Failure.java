package io.convoy.objectstore;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Says in one line what went wrong with a request to an S3 server, and what to do. */
final class S3Failure {
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;
  private static final int MOVED = 301;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final String NO_SUCH_KEY = "NoSuchKey";

  private S3Failure() {}

  /** Returns the server's word for what went wrong; empty if it gave none. */
  static String code(SdkException failure) {
    return details(failure).map(AwsErrorDetails::errorCode).orElse("");
  }

  private static Optional<AwsErrorDetails> details(SdkException failure) {
    return failure instanceof AwsServiceException service
        ? Optional.ofNullable(service.awsErrorDetails())
        : Optional.empty();
  }

  /** Returns the HTTP status, or 0 if there was no answer. */
  static int status(SdkException failure) {
    return failure instanceof SdkServiceException service ? service.statusCode() : 0;
  }

  /** Returns whether the server may still be at what it was asked for. */
  static boolean isUncertain(SdkException failure) {
    return status(failure) == 0 || status(failure) >= FIRST_SERVER_ERROR;
  }

  /** Returns whether the server said that there is no such object; nothing else means that. */
  static boolean isAbsent(SdkException failure) {
    return status(failure) == NOT_FOUND && code(failure).equals(NO_SUCH_KEY);
  }

  /**
   * Returns the exception to throw.
   *
   * @param what was tried, such as "list vol1/"
   */
  static IOException of(String what, S3Location where, SdkException failure) {
    if (failure instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      InterruptedIOException cancelled = new InterruptedIOException("cancelled");
      cancelled.initCause(failure);
      return cancelled;
    }
    String why = status(failure) == 0 ? unanswered(where, failure) : refused(where, failure);
    return new IOException("Can't %s in %s: %s".formatted(what, where, why), failure);
  }

  private static String refused(S3Location where, SdkException failure) {
    String code = code(failure);
    int status = status(failure);
    String answer = answer(failure);
    Optional<String> known = known(where, code, answer);
    if (known.isPresent()) {
      return known.get();
    }
    Optional<String> region = bucketRegion(failure);
    if (status == MOVED
        || code.equals("PermanentRedirect")
        || code.equals("AuthorizationHeaderMalformed")
        || code.equals("IllegalLocationConstraintException")
        || (region.isPresent() && !region.equals(where.region()) && status < FIRST_SERVER_ERROR)) {
      return "the bucket is in another region%s: use s3://%s@%s/… (%s)"
          .formatted(
              region.map(name -> ", " + name).orElse(""),
              where.bucket(),
              region.orElse("<region>"),
              answer);
    }
    if (status == FORBIDDEN) {
      return "access denied: the credentials in use may not do this (%s)".formatted(answer);
    }
    if (status >= FIRST_SERVER_ERROR) {
      return "the server failed, also when asked again (%s)".formatted(answer);
    }
    return "the server answered %s".formatted(answer);
  }

  private static Optional<String> known(S3Location where, String code, String answer) {
    return switch (code) {
      case "NoSuchBucket" ->
          Optional.of(
              "there is no bucket '%s': make it, or correct the URL (%s)"
                  .formatted(where.bucket(), answer));
      case "InvalidAccessKeyId" ->
          Optional.of(
              "the server does not know the access key in use: check the credentials (%s)"
                  .formatted(answer));
      case "SignatureDoesNotMatch" ->
          Optional.of(
              "the secret key in use does not belong to the access key: check the credentials (%s)"
                  .formatted(answer));
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          Optional.of(
              "the session token in use has expired or is wrong: renew the credentials (%s)"
                  .formatted(answer));
      case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture" ->
          Optional.of(
              "this host's clock is wrong, it says %s: set it right (%s)"
                  .formatted(Instant.now(), answer));
      default -> Optional.empty();
    };
  }

  private static Optional<String> bucketRegion(SdkException failure) {
    return details(failure)
        .map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
  }

  private static String answer(SdkException failure) {
    String code = code(failure);
    String message = details(failure).map(AwsErrorDetails::errorMessage).orElse("");
    return (status(failure)
            + (code.isEmpty() ? "" : " " + code)
            + (message.isEmpty() ? "" : ": " + oneLine(message)))
        .strip();
  }

  private static String unanswered(S3Location where, SdkException failure) {
    String message = oneLine(String.valueOf(failure.getMessage()));
    String lower = message.toLowerCase(Locale.ROOT);
    // The SDK has no types for these two.
    if (lower.contains("unable to load credentials")) {
      return "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the daemon,"
          + " or write ~/.aws/credentials, or give the instance a role";
    }
    if (lower.contains("unable to load region")) {
      return "no region is known: use s3://%s@<region>/…, or set AWS_REGION"
          .formatted(where.bucket());
    }
    String server = where.endpoint().map(Object::toString).orElseGet(() -> "Amazon S3");
    if (failure instanceof ApiCallTimeoutException) {
      return "%s did not answer in time (%s)".formatted(server, message);
    }
    for (Throwable cause : Throwables.getCausalChain(failure)) {
      if (cause instanceof UnknownHostException) {
        return "the host of %s is not known: check the endpoint and the name service (%s)"
            .formatted(server, cause.getMessage());
      }
      if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
        return "%s can't be reached: is the server up? (%s)".formatted(server, cause.getMessage());
      }
      if (cause instanceof SocketTimeoutException) {
        return "%s did not answer in time (%s)".formatted(server, cause.getMessage());
      }
      if (cause instanceof SSLException) {
        return "no secure connection to %s: for a certificate of your own, set AWS_CA_BUNDLE to its CA file (%s)"
            .formatted(server, oneLine(String.valueOf(cause.getMessage())));
      }
    }
    Throwable root = Throwables.getRootCause(failure);
    return root instanceof IOException
        ? "the connection to %s broke (%s)"
            .formatted(server, oneLine(String.valueOf(root.getMessage())))
        : message;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
