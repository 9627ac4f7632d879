package io.convoy.objectstore;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.convoy.objectstore.ObjectStore.Guard;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Finds out what a server can do by storing a small object, reading it back, storing it again if it
 * is absent, which must be refused, and deleting it. What probes that were killed have left is
 * deleted with it.
 */
final class S3Probe {
  static final String PREFIX = "convoy-objectstore/probes/";

  private static final Logger LOGGER = System.getLogger(S3Probe.class.getName());
  private static final Set<Integer> NOT_UNDERSTOOD = Set.of(400, 405, 411, 415, 422, 501);
  private static final Set<Integer> EXISTS = Set.of(409, 412);
  private static final int FORBIDDEN = 403;
  private static final byte[] SECOND = "second".getBytes(US_ASCII);
  private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}");

  /** No probe takes so long. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** Answers with status 400 that are about who asks, not about how. */
  private static final Set<String> ABOUT_THE_CALLER =
      Set.of(
          "AuthorizationHeaderMalformed",
          "ExpiredToken",
          "InvalidToken",
          "TokenRefreshRequired",
          "IllegalLocationConstraintException",
          "InvalidBucketName",
          "RequestTimeout");

  private final S3Connection connection;
  private final S3Location location;
  private final ObjectKey key = new ObjectKey(PREFIX + UUID.randomUUID());
  private final byte[] content = ("Convoy tries this server: " + key).getBytes(US_ASCII);

  S3Probe(S3Connection connection, S3Location location) {
    this.connection = connection;
    this.location = location;
  }

  S3Traits run() throws IOException {
    Stored stored = store();
    Future<Collection<ObjectKey>> abandoned = Tasks.begin(this::abandoned);
    Future<Boolean> refused =
        Tasks.begin(() -> stored.conditional && refusesSecond(stored.checksums));
    boolean atomic;
    try {
      boolean tagged = checkContent(refused);
      atomic = Tasks.get(refused) && tagged;
    } catch (IOException | RuntimeException e) {
      Tasks.await(refused);
      delete(stored.checksums, abandoned);
      throw e;
    }
    LOGGER.log(
        DEBUG,
        "{0} {1} checksums and {2} what is there on a conditional write",
        location,
        stored.checksums ? "takes" : "refuses",
        atomic ? "keeps" : "replaces");
    if (!atomic) {
      LOGGER.log(
          WARNING,
          "{0}: the server does not keep what is there on a conditional write (If-None-Match), so Convoy waits {1} s"
              + " at each step of a lock to see who came first",
          location,
          S3ObjectStore.SETTLING.toSeconds());
    }
    // Nobody needs to know of this before he deletes something himself.
    Future<Boolean> batches = Tasks.begin(() -> delete(stored.checksums, abandoned));
    return new S3Traits(stored.checksums, atomic, batches);
  }

  /** How the object could be stored. */
  private record Stored(boolean checksums, boolean conditional) {}

  private Stored store() throws IOException {
    SdkException first = null;
    for (Stored way :
        new Stored[] {
          new Stored(true, true),
          new Stored(true, false),
          new Stored(false, true),
          new Stored(false, false)
        }) {
      try {
        put(way, content);
        return way;
      } catch (SdkException e) {
        if (way.conditional && EXISTS.contains(S3Failure.status(e))) {
          return way; // the key is random: it was this, sent a second time
        }
        if (first == null) {
          first = e;
        }
        if (!NOT_UNDERSTOOD.contains(S3Failure.status(e))
            || ABOUT_THE_CALLER.contains(S3Failure.code(e))) {
          throw S3Failure.of("store " + key, location, e);
        }
      }
    }
    throw S3Failure.of("store " + key, location, first);
  }

  private void put(Stored way, byte[] bytes) throws IOException {
    S3Client client = connection.client(way.checksums);
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(location.bucket())
            .key(location.key(key))
            .metadata(S3ObjectStore.tagged(key.value()));
    if (way.conditional) {
      request.ifNoneMatch("*");
    }
    client.putObject(request.build(), RequestBody.fromBytes(bytes));
  }

  /**
   * Returns whether the server has kept the object's tag.
   *
   * @param refused whether the object was not replaced, which goes on meanwhile
   */
  private boolean checkContent(Future<Boolean> refused) throws IOException {
    ResponseBytes<GetObjectResponse> back;
    try {
      back =
          connection
              .client()
              .getObjectAsBytes(get -> get.bucket(location.bucket()).key(location.key(key)));
    } catch (SdkException e) {
      throw S3Failure.of("read " + key + " back", location, e);
    }
    byte[] bytes = back.asByteArrayUnsafe();
    boolean replaced = Arrays.equals(bytes, SECOND) && !Tasks.get(refused);
    if (!replaced && !Arrays.equals(bytes, content)) {
      throw new IOException(
          "%s can't hold backups: the server gave back other bytes than it was given (%s stored, %s read%s)"
              .formatted(
                  location,
                  content.length,
                  bytes.length,
                  new String(bytes, US_ASCII).contains("chunk-signature=")
                      ? "; it stores the framing of the transfer, aws-chunked, as data"
                      : ""));
    }
    return S3ObjectStore.hasTag(back.response().metadata(), key.value());
  }

  private boolean refusesSecond(boolean checksums) throws IOException {
    try {
      put(new Stored(checksums, true), SECOND);
      return false;
    } catch (SdkException e) {
      if (EXISTS.contains(S3Failure.status(e))) {
        return true;
      }
      throw S3Failure.of("store " + key + " again", location, e);
    }
  }

  /** Returns whether the server can delete many objects at once. */
  private boolean delete(boolean checksums, Future<Collection<ObjectKey>> abandoned) {
    try {
      boolean batches = deleteAsBatch(checksums, abandoned);
      LOGGER.log(
          DEBUG, "{0} {1} many objects at once", location, batches ? "deletes" : "does not delete");
      return batches;
    } catch (IOException | RuntimeException e) {
      // Whoever may only add can still make backups; and a failure before this one counts more.
      LOGGER.log(WARNING, "{0}: {1} can''t be deleted: {2}", location, key, e.getMessage());
      return true;
    }
  }

  private boolean deleteAsBatch(boolean checksums, Future<Collection<ObjectKey>> abandoned)
      throws IOException {
    S3Client client = connection.client(checksums);
    Set<ObjectKey> keys = new LinkedHashSet<>();
    keys.add(key);
    keys.addAll(Tasks.get(abandoned));
    try {
      S3Deletion.batch(client, location, keys, Guard.NONE);
      return true;
    } catch (SdkException e) {
      if (S3Failure.status(e) == FORBIDDEN || !NOT_UNDERSTOOD.contains(S3Failure.status(e))) {
        throw S3Failure.of("delete " + key, location, e);
      }
      keys.forEach(each -> S3Deletion.one(client, location, each, Guard.NONE));
      return false;
    }
  }

  /** Returns probes that are older than this one by the server's clock, which made both. */
  private Collection<ObjectKey> abandoned() throws IOException {
    ListObjectsV2Response page;
    try {
      page =
          connection
              .client()
              .listObjectsV2(
                  list -> list.bucket(location.bucket()).prefix(location.prefix() + PREFIX));
    } catch (SdkException e) {
      LOGGER.log(DEBUG, "{0}: probes can''t be listed: {1}", location, e.getMessage());
      return Set.of();
    }
    Optional<Instant> made =
        page.contents().stream()
            .filter(object -> object.key().equals(location.key(key)))
            .map(S3Object::lastModified)
            .findFirst();
    return made.isEmpty()
        ? Set.of()
        : page.contents().stream()
            .filter(object -> object.lastModified().isBefore(made.get().minus(ABANDONED)))
            .map(object -> object.key().substring(location.prefix().length() + PREFIX.length()))
            .filter(name -> NAME.matcher(name).matches())
            .map(name -> new ObjectKey(PREFIX + name))
            .toList();
  }
}
