package io.convoy.objectstore;

import com.google.common.io.ByteSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Stores content of any length; what is long goes in parts and becomes an object at the end. */
final class S3Upload {
  private static final long PART_BYTES = 64L * 1024 * 1024;

  /** S3 takes no more. */
  private static final int MAX_PARTS = 10_000;

  private static final String CONTENT_TYPE = "application/octet-stream";

  private final S3Connection connection;
  private final S3Location location;
  private final long partBytes;

  S3Upload(S3Connection connection, S3Location location) {
    this(connection, location, PART_BYTES);
  }

  S3Upload(S3Connection connection, S3Location location, long partBytes) {
    this.connection = connection;
    this.location = location;
    this.partBytes = partBytes;
  }

  void put(ObjectKey key, ByteSource content) throws IOException {
    S3Client client = connection.client(connection.traits().checksums());
    String name = location.key(key);
    long length = content.size();
    try {
      if (length > partBytes) {
        putParts(client, name, content, length);
      } else {
        client.putObject(
            request -> request.bucket(location.bucket()).key(name), body(content, length));
      }
    } catch (SdkException e) {
      throw S3Failure.of("store " + key, location, e);
    }
  }

  private void putParts(S3Client client, String name, ByteSource content, long length)
      throws IOException {
    long size = Math.max(partBytes, (length + MAX_PARTS - 1) / MAX_PARTS);
    String id =
        client
            .createMultipartUpload(request -> request.bucket(location.bucket()).key(name))
            .uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      for (long offset = 0; offset < length; offset += size) {
        int number = parts.size() + 1;
        long bytes = Math.min(size, length - offset);
        String tag =
            client
                .uploadPart(
                    request ->
                        request.bucket(location.bucket()).key(name).uploadId(id).partNumber(number),
                    body(content.slice(offset, bytes), bytes))
                .eTag();
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
      }
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(location.bucket())
                  .key(name)
                  .uploadId(id)
                  .multipartUpload(upload -> upload.parts(parts)));
    } catch (SdkException e) {
      try {
        client.abortMultipartUpload(
            request -> request.bucket(location.bucket()).key(name).uploadId(id));
      } catch (SdkException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private static RequestBody body(ByteSource content, long length) {
    return RequestBody.fromContentProvider(
        () -> {
          try {
            return content.openStream();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        length,
        CONTENT_TYPE);
  }
}
