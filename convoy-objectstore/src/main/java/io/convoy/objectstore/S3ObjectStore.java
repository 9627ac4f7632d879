package io.convoy.objectstore;

import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import com.google.common.io.FileBackedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Objects in an S3 bucket, below a prefix. What is acknowledged is on stable storage.
 *
 * <p>An object is created with {@code If-None-Match: *} where the server honours it. Where it does
 * not, a creator looks, writes, waits for {@link #SETTLING} and looks whose object is there: since
 * whoever takes longer than half of that to write gives up, nobody can come after that look. It
 * takes a server that answers a read with what was written last.
 */
final class S3ObjectStore implements ObjectStore {
  /** How long a creator waits on a server without conditional writes. */
  static final Duration SETTLING = Duration.ofSeconds(3);

  /** Contents up to here can be written in time; the keys of longer ones are one writer's own. */
  private static final int CONTENDED_BYTES = 64 * 1024;

  /** The tag of an object tells whose write it was. */
  private static final String TAG = "convoy-write";

  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private static final int MEMORY_BYTES = 4 * 1024 * 1024;
  static final String CONTENT_TYPE = "application/octet-stream";

  private final S3Connection connection;
  private final S3Location location;
  private final S3Reading reading;

  S3ObjectStore(S3Connection connection, S3Location location) {
    this.connection = connection;
    this.location = location;
    this.reading = new S3Reading(connection, location);
  }

  /** Returns what the server can do. */
  S3Traits traits() throws IOException {
    return connection.traits();
  }

  static Map<String, String> tagged(String tag) {
    return Map.of(TAG, tag);
  }

  static boolean hasTag(Map<String, String> metadata, String tag) {
    return metadata.entrySet().stream()
        .anyMatch(entry -> entry.getKey().equalsIgnoreCase(TAG) && entry.getValue().equals(tag));
  }

  @Override
  public void prepare() {
    connection.prepare();
  }

  @Override
  public boolean create(ObjectKey key, byte[] content) throws IOException {
    S3Traits traits = connection.traits();
    String tag = UUID.randomUUID().toString();
    return traits.createsAtomically()
        ? createAtomically(key, content, tag, traits)
        : createAndLook(key, content, tag, traits);
  }

  private boolean createAtomically(ObjectKey key, byte[] content, String tag, S3Traits traits)
      throws IOException {
    try {
      connection
          .client(traits.checksums())
          .putObject(request(key).ifNoneMatch("*").metadata(tagged(tag)).build(), body(content));
      return true;
    } catch (SdkException e) {
      if (S3Failure.status(e) != PRECONDITION_FAILED && S3Failure.status(e) != CONFLICT) {
        throw S3Failure.of("store " + key, location, e);
      }
      // The SDK may have asked twice, and met what it stored the first time.
      HeadObjectResponse there =
          head(key)
              .orElseThrow(
                  () ->
                      new IOException(
                          "Can't store %s in %s: the server says that it is there, and that it is not: try again"
                              .formatted(key, location),
                          e));
      return hasTag(there.metadata(), tag);
    }
  }

  private boolean createAndLook(ObjectKey key, byte[] content, String tag, S3Traits traits)
      throws IOException {
    long start = System.nanoTime();
    if (head(key).isPresent()) {
      return false;
    }
    try {
      connection
          .client(traits.checksums())
          .putObject(request(key).metadata(tagged(tag)).build(), body(content));
    } catch (SdkException e) {
      throw S3Failure.of("store " + key, location, e);
    }
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    if (content.length <= CONTENDED_BYTES && taken.compareTo(SETTLING.dividedBy(2)) > 0) {
      throw new IOException(
          "Can't store %s in %s: it took %s ms, which is too long to know whether somebody else did at the same time: try again"
              .formatted(key, location, taken.toMillis()));
    }
    sleep(SETTLING);
    return hasTag(
        head(key)
            .orElseThrow(
                () ->
                    new IOException(
                        "Can't store %s in %s: it was gone again after %s s: try again"
                            .formatted(key, location, SETTLING.toSeconds())))
            .metadata(),
        tag);
  }

  private static void sleep(Duration duration) throws IOException {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("cancelled");
    }
  }

  private PutObjectRequest.Builder request(ObjectKey key) {
    return PutObjectRequest.builder().bucket(location.bucket()).key(location.key(key));
  }

  private static RequestBody body(byte[] content) {
    return RequestBody.fromContentProvider(
        ContentStreamProvider.fromByteArrayUnsafe(content), content.length, CONTENT_TYPE);
  }

  @Override
  public void put(ObjectKey key, byte[] content) throws IOException {
    put(key, body(content));
  }

  private void put(ObjectKey key, RequestBody body) throws IOException {
    S3Traits traits = connection.traits();
    try {
      connection.client(traits.checksums()).putObject(request(key).build(), body);
    } catch (SdkException e) {
      throw S3Failure.of("store " + key, location, e);
    }
  }

  @Override
  public void put(ObjectKey key, ContentWriter writer) throws IOException {
    FileBackedOutputStream spool = new FileBackedOutputStream(MEMORY_BYTES);
    try (spool) {
      writer.writeTo(spool);
      new S3Upload(connection, location).put(key, spool.asByteSource());
    } finally {
      spool.reset();
    }
  }

  @Override
  public long putUnsynced(ObjectKey key, ByteBuffer content) throws IOException {
    if (connection.direct().put(key, content, connection.traits().checksums())) {
      return 0;
    }
    put(
        key,
        RequestBody.fromContentProvider(
            () -> new ByteBufferBackedInputStream(content.duplicate()),
            content.remaining(),
            CONTENT_TYPE));
    return 0;
  }

  /** Does nothing: what the server has acknowledged is stored. */
  @Override
  public void sync() {}

  @Override
  public Optional<byte[]> get(ObjectKey key, int maxBytes) throws IOException {
    return reading.get(key, maxBytes);
  }

  @Override
  public boolean read(ObjectKey key, ByteBuffer room) throws IOException {
    if (connection.direct().read(key, room)) {
      return true;
    }
    Optional<byte[]> content = reading.get(key, room.capacity());
    content.ifPresent(bytes -> room.clear().put(bytes).flip());
    return content.isPresent();
  }

  @Override
  public Optional<InputStream> open(ObjectKey key) throws IOException {
    return reading.open(key);
  }

  @Override
  public OptionalLong sizeBytes(ObjectKey key) throws IOException {
    return head(key)
        .map(head -> OptionalLong.of(head.contentLength()))
        .orElseGet(OptionalLong::empty);
  }

  private Optional<HeadObjectResponse> head(ObjectKey key) throws IOException {
    // Once more, if it comes between the two questions.
    for (int i = 0; i < 2; i++) {
      try {
        return Optional.of(
            connection
                .client()
                .headObject(request -> request.bucket(location.bucket()).key(location.key(key))));
      } catch (SdkException e) {
        if (S3Failure.status(e) != NOT_FOUND) {
          throw S3Failure.of("look for " + key, location, e);
        }
      }
      // An answer to HEAD has no body to say what is missing: the object, or the bucket.
      if (!reading.isThere(key)) {
        return Optional.empty();
      }
    }
    throw new IOException(
        "Can't look for %s in %s: the server says that it is there, and that it is not: try again"
            .formatted(key, location));
  }

  @Override
  public void list(String prefix, ObjectListener listener) throws IOException {
    new S3Listing(connection, location).objects(prefix, listener);
  }

  @Override
  public List<String> listDirectories(String prefix) throws IOException {
    return new S3Listing(connection, location).directories(prefix);
  }

  @Override
  public void delete(Collection<ObjectKey> keys, Guard guard) throws IOException {
    new S3Deletion(connection, location).delete(keys, guard);
  }

  /** Leaves the connection to the next store of this destination. */
  @Override
  public void close() {}
}
