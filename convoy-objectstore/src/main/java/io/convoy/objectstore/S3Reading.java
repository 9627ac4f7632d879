package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads objects, whole or bit by bit; each answer is as long as it said it would be. */
final class S3Reading {
  /** What a stream gets at a time: a broken connection costs no more than asking for it again. */
  static final int PART_BYTES = 4 * 1024 * 1024;

  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]+)-([0-9]+)/([0-9]+)");

  private final S3Connection connection;
  private final S3Location location;

  S3Reading(S3Connection connection, S3Location location) {
    this.connection = connection;
    this.location = location;
  }

  /**
   * An answer.
   *
   * @param content empty if it is longer than what was asked for
   */
  private record Answer(GetObjectResponse head, Optional<byte[]> content) {}

  Optional<byte[]> get(ObjectKey key, int maxBytes) throws IOException {
    Answer answer;
    try {
      answer = ask(request(key).build(), maxBytes);
    } catch (SdkException e) {
      if (S3Failure.isAbsent(e)) {
        return Optional.empty();
      }
      throw failed(key, e);
    }
    if (answer.content.isEmpty()) {
      throw new CorruptDataException(
          "%s in %s: %s bytes long, expected at most %s"
              .formatted(key, location, answer.head.contentLength(), maxBytes));
    }
    return answer.content;
  }

  Optional<InputStream> open(ObjectKey key) throws IOException {
    try {
      return Optional.of(new Parts(key));
    } catch (SdkException e) {
      if (S3Failure.isAbsent(e)) {
        return Optional.empty();
      }
      throw failed(key, e);
    }
  }

  /**
   * Returns whether there is an object. Unlike HEAD's, this request's answer tells a missing object
   * from a missing bucket.
   */
  boolean isThere(ObjectKey key) throws IOException {
    try {
      ask(request(key).build(), 0);
      return true;
    } catch (SdkException e) {
      if (S3Failure.isAbsent(e)) {
        return false;
      }
      throw failed(key, e);
    }
  }

  private GetObjectRequest.Builder request(ObjectKey key) {
    return GetObjectRequest.builder().bucket(location.bucket()).key(location.key(key));
  }

  private IOException failed(ObjectKey key, SdkException failure) {
    return S3Failure.of("read " + key, location, failure);
  }

  private Answer ask(GetObjectRequest request, int maxBytes) throws IOException {
    S3Client client = connection.client();
    ResponseTransformer<GetObjectResponse, Answer> reader =
        (head, in) -> new Answer(head, content(head, in, maxBytes));
    return client.getObject(request, reader);
  }

  /** What breaks off in here is asked for again by the SDK. */
  private static Optional<byte[]> content(
      GetObjectResponse head, AbortableInputStream in, int maxBytes) {
    Long length = head.contentLength();
    if (length != null && length > maxBytes) {
      in.abort();
      return Optional.empty();
    }
    byte[] content;
    try {
      if (length != null) {
        content = new byte[length.intValue()];
        int read = in.readNBytes(content, 0, content.length);
        if (read < length) {
          throw RetryableException.create(
              "The answer broke off after %s of %s bytes".formatted(read, length));
        }
      } else {
        content = in.readNBytes(maxBytes + 1);
      }
    } catch (IOException e) {
      throw RetryableException.create("The answer broke off: " + e.getMessage(), e);
    }
    if (content.length > maxBytes) {
      in.abort();
      return Optional.empty();
    }
    return Optional.of(content);
  }

  /** An object in parts, all of the same version of it. */
  private final class Parts extends InputStream {
    private final ObjectKey key;
    private final String tag;
    private final long sizeBytes;
    private byte[] part;
    private int position;
    private long nextBytes;

    Parts(ObjectKey key) throws IOException {
      this.key = key;
      Answer answer;
      try {
        answer = part(0);
      } catch (SdkException e) {
        if (S3Failure.status(e) != RANGE_NOT_SATISFIABLE) {
          throw e;
        }
        // An empty object has no first byte to ask for.
        answer = ask(request(key).build(), PART_BYTES);
      }
      this.part = whole(answer);
      this.tag = String.valueOf(answer.head.eTag());
      this.sizeBytes = sizeBytes(answer, part.length);
      this.nextBytes = part.length;
    }

    private Answer part(long from) throws IOException {
      return ask(
          request(key).range("bytes=%s-%s".formatted(from, from + PART_BYTES - 1)).build(),
          PART_BYTES);
    }

    private byte[] whole(Answer answer) throws IOException {
      return answer.content.orElseThrow(
          () ->
              new IOException(
                  "Can't read %s in %s: the server sent %s bytes when asked for %s"
                      .formatted(key, location, answer.head.contentLength(), PART_BYTES)));
    }

    private long sizeBytes(Answer answer, int length) throws IOException {
      String range = answer.head.contentRange();
      if (range == null) {
        return length;
      }
      Matcher matcher = CONTENT_RANGE.matcher(range);
      if (!matcher.matches() || Long.parseLong(matcher.group(1)) != nextBytes) {
        throw new IOException(
            "Can't read %s in %s: the server sent '%s' when asked for what follows byte %s"
                .formatted(key, location, range, nextBytes));
      }
      return Long.parseLong(matcher.group(3));
    }

    private boolean fill() throws IOException {
      if (position < part.length) {
        return true;
      }
      if (nextBytes >= sizeBytes) {
        return false;
      }
      Answer answer;
      try {
        answer = part(nextBytes);
      } catch (SdkException e) {
        throw failed(key, e);
      }
      byte[] next = whole(answer);
      if (!String.valueOf(answer.head.eTag()).equals(tag)
          || sizeBytes(answer, next.length) != sizeBytes
          || next.length != Math.min(PART_BYTES, sizeBytes - nextBytes)) {
        throw new IOException(
            "Can't read %s in %s: it was replaced meanwhile".formatted(key, location));
      }
      part = next;
      position = 0;
      nextBytes += next.length;
      return true;
    }

    @Override
    public int read() throws IOException {
      return fill() ? part[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, part.length - position);
      System.arraycopy(part, position, bytes, offset, count);
      position += count;
      return count;
    }

    @Override
    public int available() {
      return part.length - position;
    }
  }
}
