package io.convoy.ebs;

import java.time.Duration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.ebs.EbsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** Makes the SDK's clients. Credentials, proxies and endpoints are as the SDK finds them. */
final class Clients {
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(20);

  private Clients() {}

  static Ec2Client ec2(String region, Connection connection, Pace pace) {
    return common(Ec2Client.builder(), region, connection, pace).build();
  }

  static EbsClient direct(String region, Connection connection, Pace pace) {
    return common(EbsClient.builder(), region, connection, pace).build();
  }

  private static <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B common(
      B builder, String region, Connection connection, Pace pace) {
    builder
        .region(Region.of(region))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .apiCallAttemptTimeout(pace.attemptLimit())
                .apiCallTimeout(pace.callLimit())
                .retryStrategy(
                    AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(pace.attempts())
                        .backoffStrategy(
                            BackoffStrategy.exponentialDelay(pace.backoff(), LONGEST_BACKOFF))
                        .throttlingBackoffStrategy(
                            BackoffStrategy.exponentialDelay(
                                pace.backoff().multipliedBy(2), LONGEST_BACKOFF))
                        .build())
                .build());
    connection.endpoint().ifPresent(builder::endpointOverride);
    connection.credentials().ifPresent(builder::credentialsProvider);
    return builder;
  }
}
