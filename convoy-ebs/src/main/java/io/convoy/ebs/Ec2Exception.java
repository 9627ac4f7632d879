package io.convoy.ebs;

import java.io.IOException;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** A call that Amazon did not do, or of which it is not known whether it did. */
final class Ec2Exception extends IOException {
  private static final long serialVersionUID = 1;
  private static final int UNAUTHORIZED = 401;
  private static final int SERVER_ERROR = 500;

  private final String code;
  private final boolean refused;

  private Ec2Exception(String message, String code, boolean refused, SdkException cause) {
    super(message, cause);
    this.code = code;
    this.refused = refused;
  }

  /** Makes one that says what was asked for. */
  static Ec2Exception of(String call, SdkException e) {
    if (e instanceof AwsServiceException answer) {
      // A body may be missing, or lost by the JDK's client, as with status 401.
      Optional<AwsErrorDetails> details = Optional.ofNullable(answer.awsErrorDetails());
      String code = details.map(AwsErrorDetails::errorCode).orElse("");
      String text = details.map(AwsErrorDetails::errorMessage).orElse(answer.getMessage());
      boolean refused = answer.statusCode() < SERVER_ERROR || answer.isThrottlingException();
      return new Ec2Exception(
          "%s: Amazon answered %s (%s): %s"
              .formatted(
                  call,
                  code.isEmpty() && answer.statusCode() == UNAUTHORIZED
                      ? "that the credentials are wrong"
                      : code,
                  answer.statusCode(),
                  text),
          code,
          refused,
          e);
    }
    return new Ec2Exception(
        "%s: no answer from Amazon: %s".formatted(call, e.getMessage()), "", false, e);
  }

  /** Returns Amazon's code, empty if there was no answer. */
  String code() {
    return code;
  }

  boolean isVolumeNotFound() {
    return code.equals("InvalidVolume.NotFound");
  }

  boolean isSnapshotNotFound() {
    return code.equals("InvalidSnapshot.NotFound");
  }

  /** Returns whether it is certain that nothing was done. */
  boolean isRefused() {
    return refused;
  }
}
