package io.convoy.objectstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * Makes clients. Credentials, proxies and retries are the SDK's; a CA file is taken from {@code
 * AWS_CA_BUNDLE}, as Amazon's own tools do. A named target may say otherwise.
 */
final class S3Clients {
  /** A server that says nothing for so long is asked again, on another connection. */
  static final Duration SILENCE = Duration.ofSeconds(30);

  private static final int CONFLICT = 409;

  private S3Clients() {}

  static S3Client make(
      S3Access access,
      AwsCredentialsProvider credentials,
      RequestChecksumCalculation checksums,
      SdkHttpClient http)
      throws IOException {
    S3Location location = access.location();
    if (access.credentialsFile().isPresent() && !Files.isReadable(access.credentialsFile().get())) {
      throw new IOException(
          "The target's credentials file %s can't be read"
              .formatted(access.credentialsFile().get()));
    }
    // Neither the SDK's chunked framing, which some servers refuse and some store as data, nor a
    // checksum behind the content: contents are at hand, so checksums go in front.
    S3Configuration configuration =
        S3Configuration.builder()
            .chunkedEncodingEnabled(false)
            .pathStyleAccessEnabled(location.endpoint().isPresent())
            .build();
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClient(http)
            .credentialsProvider(credentials)
            .serviceConfiguration(configuration)
            .requestChecksumCalculation(checksums)
            // Asking for the checksum of what is read is a header that some servers refuse. Blocks
            // are compared with the hash that is their name anyhow, maps and headers with theirs.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            // Older servers demand an MD5 with the deletion of many objects.
            .addPlugin(LegacyMd5Plugin.create())
            .overrideConfiguration(
                override ->
                    override
                        .retryStrategy(retries())
                        .addExecutionInterceptor(new NoWaiting())
                        .addExecutionInterceptor(new S3Deletion.GuardBeforeSending()));
    region(location).ifPresent(builder::region);
    location.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /**
   * Returns what finds the keys: in the target's file if there is one, else where the SDK looks.
   */
  static AwsCredentialsProvider credentials(S3Access access) {
    if (access.credentialsFile().isEmpty()) {
      return DefaultCredentialsProvider.builder().build();
    }
    Path file = access.credentialsFile().get();
    return ProfileCredentialsProvider.builder()
        .profileFile(
            () -> ProfileFile.builder().content(file).type(ProfileFile.Type.CREDENTIALS).build())
        .build();
  }

  /** Empty leaves it to the SDK, which also asks the instance it may be running on. */
  private static Optional<Region> region(S3Location location) {
    if (location.region().isPresent()) {
      return location.region().map(Region::of);
    }
    if (location.endpoint().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new AwsRegionProviderChain(
                  new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
              .getRegion());
    } catch (SdkException e) {
      // Nothing is set, and most servers but Amazon's don't care.
      return Optional.of(Region.US_EAST_1);
    }
  }

  private static StandardRetryStrategy retries() {
    // Amazon answers so to a conditional write that met another, and says to try again.
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .retryOnException(
            e ->
                e instanceof SdkException failure
                    && S3Failure.status(failure) == CONFLICT
                    && S3Failure.code(failure).equals("ConditionalRequestConflict"))
        // An answer that was cut off on its way; the SDK alone retries those without a body.
        .retryOnExceptionOrCauseInstanceOf(XMLStreamException.class)
        .build();
  }

  /**
   * Returns what connects to the server. Connections over TLS are only shared by those who share
   * it.
   */
  static SdkHttpClient http(S3Access access, Duration silence) throws IOException {
    TrustManager[] trusted = S3Trust.of(access);
    return new UncoveredHttp(
        UrlConnectionHttpClient.builder()
            .proxyConfiguration(ProxyConfiguration.builder().build())
            .tlsTrustManagersProvider(() -> trusted)
            .socketTimeout(silence)
            .build());
  }

  /**
   * Sends content along with its request. The SDK would first wait for the server to say {@code 100
   * Continue}, which doubles the time that a small object takes on a slow line.
   */
  private static final class NoWaiting implements ExecutionInterceptor {
    private static final long LARGE_BYTES = 8L * 1024 * 1024;

    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      SdkHttpRequest request = context.httpRequest();
      boolean large =
          request
              .firstMatchingHeader("Content-Length")
              .filter(length -> Long.parseLong(length) > LARGE_BYTES)
              .isPresent();
      return large ? request : request.toBuilder().removeHeader("Expect").build();
    }
  }
}
