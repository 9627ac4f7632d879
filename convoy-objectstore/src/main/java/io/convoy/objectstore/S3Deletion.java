package io.convoy.objectstore;

import com.google.common.base.Throwables;
import com.google.common.collect.Lists;
import io.convoy.core.InUseException;
import io.convoy.objectstore.ObjectStore.Guard;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Deletes exactly the objects it is told, and hears of each that it is gone. */
final class S3Deletion {
  /** S3 takes up to 1,000 at once, with which some servers are busy for a long time. */
  private static final int BATCH = 250;

  private static final ExecutionAttribute<Guard> GUARD = new ExecutionAttribute<>("convoy-guard");

  private final S3Connection connection;
  private final S3Location location;

  S3Deletion(S3Connection connection, S3Location location) {
    this.connection = connection;
    this.location = location;
  }

  void delete(Collection<ObjectKey> keys, Guard guard) throws IOException {
    if (keys.isEmpty()) {
      return;
    }
    S3Traits traits = connection.traits();
    S3Client client = connection.client(traits.checksums());
    List<ObjectKey> distinct = List.copyOf(new LinkedHashSet<>(keys));
    IOException failure = null;
    for (List<ObjectKey> batch : Lists.partition(distinct, traits.deletesBatches() ? BATCH : 1)) {
      try {
        guard.check();
      } catch (IOException e) {
        throw failure == null ? e : add(e, failure);
      }
      try {
        if (traits.deletesBatches()) {
          batch(client, location, batch, guard);
        } else {
          one(client, location, batch.get(0), guard);
        }
      } catch (SdkException e) {
        throwRefusal(e);
        IOException told = told(batch, e);
        if (S3Failure.status(e) == 0) {
          // Nobody answers: the others would each take as long to fail.
          told.addSuppressed(failure == null ? new IOException("not tried further") : failure);
          throw told;
        }
        failure = add(failure, told);
      } catch (IOException e) {
        failure = add(failure, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static AwsRequestOverrideConfiguration guarded(Guard guard) {
    AwsRequestOverrideConfiguration.Builder override =
        AwsRequestOverrideConfiguration.builder().putExecutionAttribute(GUARD, guard);
    guard.limit().ifPresent(override::apiCallTimeout);
    return override.build();
  }

  /**
   * Asks a deletion's guard, if a request is one, right before it is sent: until then, its
   * credentials may have had to be fetched, and it may be sent a second time.
   */
  static final class GuardBeforeSending implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(
        Context.BeforeTransmission context, ExecutionAttributes attributes) {
      Guard guard = attributes.getAttribute(GUARD);
      if (guard != null) {
        try {
          guard.check();
        } catch (IOException e) {
          throw SdkClientException.create(e.getMessage(), e);
        }
      }
    }
  }

  /** Throws what the guard said, if that is why. */
  private static void throwRefusal(SdkException failure) throws InUseException {
    for (Throwable cause : Throwables.getCausalChain(failure)) {
      if (cause instanceof InUseException refusal) {
        throw refusal;
      }
    }
  }

  private IOException told(List<ObjectKey> batch, SdkException failure) {
    String more = batch.size() > 1 ? " and " + (batch.size() - 1) + " more" : "";
    IOException told = S3Failure.of("delete " + batch.get(0) + more, location, failure);
    return S3Failure.isUncertain(failure) && !(told instanceof InterruptedIOException)
        ? new UncertainException(told)
        : told;
  }

  private static IOException add(IOException first, IOException next) {
    if (first == null) {
      return next;
    }
    if (next instanceof UncertainException && !(first instanceof UncertainException)) {
      next.addSuppressed(first); // what matters more to who holds a lock
      return next;
    }
    first.addSuppressed(next);
    return first;
  }

  /**
   * Deletes up to 1,000 objects with one request.
   *
   * @param guard is asked before each time that the SDK tries
   * @throws SdkException if the request failed
   * @throws IOException if the answer does not say of each key that it is gone
   */
  static void batch(S3Client client, S3Location location, Collection<ObjectKey> keys, Guard guard)
      throws IOException {
    List<ObjectIdentifier> named =
        keys.stream()
            .map(key -> ObjectIdentifier.builder().key(location.key(key)).build())
            .toList();
    DeleteObjectsResponse answer =
        client.deleteObjects(
            request ->
                request
                    .bucket(location.bucket())
                    .overrideConfiguration(guarded(guard))
                    // Not quiet: silence about a key is no answer.
                    .delete(delete -> delete.objects(named).quiet(false)));
    Set<String> left = new HashSet<>();
    keys.forEach(key -> left.add(location.key(key)));
    answer.deleted().stream().map(DeletedObject::key).forEach(left::remove);
    List<String> problems = new ArrayList<>();
    for (S3Error error : answer.errors()) {
      if (left.remove(error.key()) && !"NoSuchKey".equals(error.code())) {
        problems.add("%s (%s: %s)".formatted(error.key(), error.code(), error.message()));
      }
    }
    left.forEach(key -> problems.add(key + " (no answer about it)"));
    if (!problems.isEmpty()) {
      throw new IOException(
          "Can't delete %s of %s objects in %s: %s%s"
              .formatted(
                  problems.size(),
                  keys.size(),
                  location,
                  problems.get(0),
                  problems.size() > 1 ? ", …" : ""));
    }
  }

  /**
   * Deletes one object.
   *
   * @param guard is asked before each time that the SDK tries
   * @throws SdkException if the request failed
   */
  static void one(S3Client client, S3Location location, ObjectKey key, Guard guard) {
    try {
      client.deleteObject(
          request ->
              request
                  .bucket(location.bucket())
                  .key(location.key(key))
                  .overrideConfiguration(guarded(guard)));
    } catch (SdkException e) {
      if (!S3Failure.isAbsent(e)) {
        throw e;
      }
    }
  }
}
