package io.convoy.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * A client whose failures are {@link IOException}s. The SDK's own wraps some of a connection that
 * is reset into exceptions that the SDK neither takes for failures of the connection, which it
 * would retry, nor for its own.
 */
final class UncoveredHttp implements SdkHttpClient {
  private final SdkHttpClient http;

  private UncoveredHttp(SdkHttpClient http) {
    this.http = http;
  }

  static SdkHttpClient.Builder<?> builder(SdkHttpClient.Builder<?> builder) {
    return new Builder(builder);
  }

  private record Builder(SdkHttpClient.Builder<?> builder)
      implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return new UncoveredHttp(builder.buildWithDefaults(defaults));
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest prepared = http.prepareRequest(request);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        try {
          return prepared.call();
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
      }

      @Override
      public void abort() {
        prepared.abort();
      }
    };
  }

  @Override
  public String clientName() {
    return http.clientName();
  }

  @Override
  public void close() {
    http.close();
  }
}
