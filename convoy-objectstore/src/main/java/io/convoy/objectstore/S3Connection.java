package io.convoy.objectstore;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * One bucket on one server: the clients that talk to it, and what is known of the server. Nothing
 * is made before it is needed.
 */
final class S3Connection implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(S3Connection.class.getName());

  /** So long a server may take to end what it is tried with; others clean up after it later. */
  private static final Duration PROBE_END = Duration.ofSeconds(5);

  private final S3Access access;
  private final S3Location location;
  private final Duration silence;
  private final AwsCredentialsProvider credentials;
  private Optional<S3Client> client = Optional.empty();
  private Optional<S3Client> plainClient = Optional.empty();
  private Optional<Future<S3Traits>> traits = Optional.empty();
  private Optional<SdkHttpClient> http = Optional.empty();
  private Optional<S3Direct> direct = Optional.empty();
  private boolean closed;

  /**
   * Makes one.
   *
   * @param silence how long the server may say nothing
   */
  S3Connection(S3Access access, Duration silence) {
    this.access = access;
    this.location = access.location();
    this.credentials = S3Clients.credentials(access);
    this.silence = silence;
  }

  /**
   * Returns the client for all that sends no content. Told to send checksums, the SDK sends that of
   * nothing with every read, which some servers refuse.
   */
  S3Client client() throws IOException {
    return client(false);
  }

  synchronized S3Client client(boolean checksums) throws IOException {
    if (closed) {
      throw new IOException("The connection to %s is closed".formatted(location));
    }
    Optional<S3Client> made = checksums ? client : plainClient;
    if (made.isPresent()) {
      return made.get();
    }
    S3Client fresh = make(checksums);
    if (checksums) {
      client = Optional.of(fresh);
    } else {
      plainClient = Optional.of(fresh);
    }
    return fresh;
  }

  /** Returns the short way for blocks. */
  synchronized S3Direct direct() throws IOException {
    S3Client client = client();
    if (direct.isEmpty()) {
      direct = Optional.of(new S3Direct(http(), credentials, location, client, S3Direct.REST));
    }
    return direct.get();
  }

  private SdkHttpClient http() throws IOException {
    if (http.isEmpty()) {
      http = Optional.of(S3Clients.http(access, silence));
    }
    return http.get();
  }

  private S3Client make(boolean checksums) throws IOException {
    try {
      return S3Clients.make(
          access,
          credentials,
          checksums
              ? RequestChecksumCalculation.WHEN_SUPPORTED
              : RequestChecksumCalculation.WHEN_REQUIRED,
          http());
    } catch (SdkException e) {
      throw S3Failure.of("connect", location, e);
    }
  }

  /** Begins to find out what the server can do, unless somebody has. */
  synchronized void prepare() {
    if (traits.isEmpty() || Tasks.hasFailed(traits.get())) {
      traits = Optional.of(Tasks.begin(() -> new S3Probe(this, location).run()));
    }
  }

  /** Returns what the server can do; the first call finds it out by writing a small object. */
  S3Traits traits() throws IOException {
    Future<S3Traits> probe;
    synchronized (this) {
      prepare();
      probe = traits.orElseThrow();
    }
    return Tasks.get(probe);
  }

  /** Lets a probe that has begun delete what it has stored, and closes the clients. */
  @Override
  public void close() {
    Optional<Future<S3Traits>> probe;
    synchronized (this) {
      probe = traits;
    }
    try {
      if (probe.isPresent()) {
        Future<S3Traits> trying = probe.get();
        Tasks.await(Tasks.begin(() -> Tasks.get(trying).deletesBatches()), PROBE_END);
      }
    } catch (InterruptedIOException e) {
      LOGGER.log(DEBUG, "{0} was not fully tried: {1}", location, e.getMessage());
    }
    end();
  }

  private synchronized void end() {
    closed = true;
    client.ifPresent(S3Client::close);
    plainClient.ifPresent(S3Client::close);
    http.ifPresent(SdkHttpClient::close);
    if (credentials instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
  }
}
