package io.convoy.ebs.testing;

import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.util.Map;

/** The system properties by which Amazon's SDK in this JVM finds a test account, until closed. */
public final class SdkProperties implements AutoCloseable {
  private final Map<String, String> properties;

  private SdkProperties(Map<String, String> properties) {
    this.properties = properties;
    properties.forEach(System::setProperty);
  }

  /** Has the SDK believe that this JVM runs on an instance. */
  public static SdkProperties on(TestInstance instance, TestAccount account) {
    return new SdkProperties(
        Map.of(
            // Not aws.endpointUrl: S3 is somewhere else.
            "aws.endpointUrlEc2", account.uri().toString(),
            "aws.endpointUrlEbs", account.uri().toString(),
            "aws.ec2MetadataServiceEndpoint", instance.metadata().toString(),
            "aws.accessKeyId", TestAccount.ACCESS_KEY,
            "aws.secretAccessKey", TestAccount.SECRET_KEY));
  }

  @Override
  public void close() {
    properties.keySet().forEach(System::clearProperty);
  }
}
