package io.convoy.objectstore;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import com.google.common.io.ByteStreams;
import com.google.common.primitives.Ints;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.checksums.DefaultChecksumAlgorithm;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Stores and reads blocks with the SDK's signer and its HTTP client alone. What the SDK's S3 client
 * does besides takes more than a millisecond of a processor for each block, in a process that lives
 * no longer than a backup: as much as hashing it.
 *
 * <p>What does not go through at once, for whatever reason, is left to the S3 client: it tries
 * again as long as that makes sense, and tells what is wrong.
 */
final class S3Direct {
  /** How long to leave everything to the S3 client when one block after another did not go. */
  static final Duration REST = Duration.ofMinutes(1);

  /** The rest after more and more trouble is longer by this at most. */
  private static final int MAX_DOUBLINGS = 6;

  /** Directory buckets and those on Outposts: with sessions, or signatures, of their own. */
  private static final String OTHER_BUCKET = "--";

  /** A region such as fips-us-east-1 is a wish about the server, which only the S3 client knows. */
  private static final String OTHER_REGION = "fips";

  private static final int MAX_ERROR_BYTES = 4096;
  private static final Pattern ERROR_CODE = Pattern.compile("<Code>([A-Za-z]{1,64})</Code>");

  private static final System.Logger LOGGER = System.getLogger(S3Direct.class.getName());
  private static final String SERVICE = "s3";
  private static final String CONTENT_LENGTH = "Content-Length";
  private static final int NOT_FOUND = 404;
  private static final int COPY_BYTES = 64 * 1024;

  /** What is the same in a path as in the key. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._~/-]+");

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final S3Location location;
  private final Duration rest;
  private final Optional<URI> bucket;
  private final String region;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final AtomicInteger troubles = new AtomicInteger();
  private volatile long restUntilNanos = System.nanoTime();

  /**
   * Makes one.
   *
   * @param client of the same bucket, which knows where that is
   * @param rest how long to leave everything to that client at first
   */
  S3Direct(
      SdkHttpClient http,
      AwsCredentialsProvider credentials,
      S3Location location,
      S3Client client,
      Duration rest) {
    this.http = http;
    this.credentials = credentials;
    this.location = location;
    this.rest = rest;
    this.bucket = bucket(client, location);
    this.region = client.serviceClientConfiguration().region().id();
  }

  /** Returns where the bucket is, if requests to there are made like any. */
  private static Optional<URI> bucket(S3Client client, S3Location location) {
    boolean other =
        location.bucket().contains(OTHER_BUCKET)
            || Stream.of(location.region(), SdkSystemSetting.AWS_REGION.getStringValue())
                .flatMap(Optional::stream)
                .anyMatch(name -> name.contains(OTHER_REGION));
    if (other) {
      return Optional.empty();
    }
    String key = "key";
    try {
      String url =
          client
              .utilities()
              .getUrl(object -> object.bucket(location.bucket()).key(key))
              .toExternalForm();
      return Optional.of(URI.create(url.substring(0, url.length() - key.length())));
    } catch (SdkException | IllegalArgumentException e) {
      LOGGER.log(DEBUG, "{0} is left to the S3 client: {1}", location, e);
      return Optional.empty();
    }
  }

  /**
   * Stores an object.
   *
   * @param checksums whether to send one along
   * @return whether the server has acknowledged it
   */
  boolean put(ObjectKey key, ByteBuffer content, boolean checksums) {
    ContentStreamProvider body = () -> new ByteBufferBackedInputStream(content.duplicate());
    return attempt(
        key,
        path -> {
          SdkHttpRequest request =
              request(SdkHttpMethod.PUT, path)
                  .putHeader(CONTENT_LENGTH, Integer.toString(content.remaining()))
                  .putHeader("Content-Type", S3ObjectStore.CONTENT_TYPE)
                  .build();
          return send(sign(request, Optional.of(body), checksums), (head, in) -> true);
        });
  }

  /**
   * Reads an object.
   *
   * @param room holds nothing of use if it could not be read
   * @return whether it was read, whole
   */
  boolean read(ObjectKey key, ByteBuffer room) {
    return attempt(
        key,
        path -> {
          SdkHttpRequest request = request(SdkHttpMethod.GET, path).build();
          return send(sign(request, Optional.empty(), false), (head, in) -> fill(head, in, room));
        });
  }

  private interface Attempt {
    boolean run(String path) throws IOException;
  }

  private interface Reader {
    /** Returns whether the content of an answer is what was asked for. */
    boolean read(SdkHttpResponse head, InputStream in) throws IOException;
  }

  private boolean attempt(ObjectKey key, Attempt attempt) {
    String path = location.key(key);
    // Who was interrupted is told so by the S3 client.
    if (bucket.isEmpty()
        || isResting()
        || Thread.currentThread().isInterrupted()
        || !PLAIN.matcher(path).matches()) {
      return false;
    }
    try {
      if (attempt.run(bucket.get().getRawPath() + path)) {
        troubles.set(0);
        return true;
      }
      return false;
    } catch (IOException | RuntimeException e) {
      rest();
      LOGGER.log(DEBUG, "{0}: {1} is left to the S3 client: {2}", location, key, e);
      return false;
    }
  }

  private boolean isResting() {
    return System.nanoTime() - restUntilNanos < 0;
  }

  /**
   * Rests, unless this is the first trouble since it last went well: a server may hang up just when
   * its connection is used again.
   */
  private synchronized void rest() {
    if (!isResting()) {
      int doublings = Math.min(troubles.getAndIncrement() - 1, MAX_DOUBLINGS);
      if (doublings >= 0) {
        restUntilNanos = System.nanoTime() + (rest.toNanos() << doublings);
      }
    }
  }

  private SdkHttpRequest.Builder request(SdkHttpMethod method, String path) {
    return SdkHttpRequest.builder()
        .uri(bucket.orElseThrow())
        .method(method)
        .encodedPath(path)
        .putHeader("User-Agent", "convoy");
  }

  private SignedRequest sign(
      SdkHttpRequest request, Optional<ContentStreamProvider> body, boolean checksums) {
    AwsCredentialsIdentity identity = credentials.resolveCredentials();
    SignRequest.Builder<AwsCredentialsIdentity> sign =
        SignRequest.builder(identity)
            .request(request)
            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
            .putProperty(AwsV4HttpSigner.REGION_NAME, region)
            // As the SDK's client signs for S3: the path as it is; content that TLS does not
            // protect.
            .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
            .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
            .putProperty(AwsV4HttpSigner.CHUNK_ENCODING_ENABLED, false)
            .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false);
    body.ifPresent(sign::payload);
    if (checksums) {
      sign.putProperty(AwsV4HttpSigner.CHECKSUM_ALGORITHM, DefaultChecksumAlgorithm.CRC32);
    }
    return signer.sign(sign.build());
  }

  /** Returns whether the server did what it was asked for; false if there is no such object. */
  private boolean send(SignedRequest signed, Reader reader) throws IOException {
    HttpExecuteRequest.Builder request = HttpExecuteRequest.builder().request(signed.request());
    signed.payload().ifPresent(request::contentStreamProvider);
    HttpExecuteResponse answer = http.prepareRequest(request.build()).call();
    SdkHttpResponse head = answer.httpResponse();
    try (AbortableInputStream in =
        answer.responseBody().orElseGet(AbortableInputStream::createEmpty)) {
      if (head.isSuccessful() && reader.read(head, in)) {
        ByteStreams.exhaust(in); // so that the connection serves the next one
        return true;
      }
      String why = head.isSuccessful() ? "" : code(in);
      in.abort();
      if (head.isSuccessful() || head.statusCode() == NOT_FOUND) {
        return false;
      }
      throw new IOException("status " + head.statusCode() + why);
    }
  }

  /** Returns what the server calls it, if it says so, behind a blank. */
  private static String code(InputStream in) throws IOException {
    Matcher code = ERROR_CODE.matcher(new String(in.readNBytes(MAX_ERROR_BYTES), UTF_8));
    return code.find() ? " " + code.group(1) : "";
  }

  private static boolean fill(SdkHttpResponse head, InputStream in, ByteBuffer room)
      throws IOException {
    Optional<Integer> length = head.firstMatchingHeader(CONTENT_LENGTH).map(Ints::tryParse);
    if (length.isEmpty() || length.get() < 0 || length.get() > room.capacity()) {
      return false;
    }
    room.clear().limit(length.get());
    byte[] piece = new byte[COPY_BYTES];
    while (room.hasRemaining()) {
      int read = in.read(piece, 0, Math.min(piece.length, room.remaining()));
      if (read < 0) {
        throw new EOFException("the answer broke off");
      }
      room.put(piece, 0, read);
    }
    room.flip();
    return true;
  }
}
