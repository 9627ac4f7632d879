package io.convoy.objectstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists what is below a prefix, all of it or nothing: a page that is missing is an error. */
final class S3Listing {
  private static final String SEPARATOR = "/";

  private final S3Connection connection;
  private final S3Location location;

  S3Listing(S3Connection connection, S3Location location) {
    this.connection = connection;
    this.location = location;
  }

  void objects(String prefix, ObjectStore.ObjectListener listener) throws IOException {
    String last = "";
    Pages pages = new Pages(prefix, Optional.empty());
    while (pages.hasNext()) {
      for (S3Object object : pages.next().contents()) {
        String key = below(prefix, object.key(), last);
        last = key;
        // What no key looks like is somebody else's.
        if (ObjectKey.isValid(key)) {
          listener.object(new ObjectKey(key), object.size());
        }
      }
    }
  }

  List<String> directories(String prefix) throws IOException {
    List<String> names = new ArrayList<>();
    String last = "";
    Pages pages = new Pages(prefix, Optional.of(SEPARATOR));
    while (pages.hasNext()) {
      for (CommonPrefix common : pages.next().commonPrefixes()) {
        String directory = below(prefix, common.prefix(), last);
        last = directory;
        String name = directory.substring(prefix.length(), directory.length() - 1);
        if (ObjectKey.isValid(name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** Checks that an answer is one to what was asked: below the prefix, and in order. */
  private String below(String prefix, String bucketKey, String last) throws IOException {
    if (bucketKey != null && bucketKey.startsWith(location.prefix() + prefix)) {
      String key = bucketKey.substring(location.prefix().length());
      if (key.compareTo(last) > 0) {
        return key;
      }
    }
    throw new IOException(
        "Can't list %s in %s: the server listed '%s' after '%s', expected keys below that, in order"
            .formatted(prefix, location, bucketKey, last));
  }

  /** The pages of one listing. */
  private final class Pages {
    private final String prefix;
    private final ListObjectsV2Request request;
    private Optional<String> token = Optional.empty();
    private boolean done;

    Pages(String prefix, Optional<String> delimiter) {
      if (!prefix.endsWith(SEPARATOR)
          || !ObjectKey.isValid(prefix.substring(0, prefix.length() - 1))) {
        throw new IllegalArgumentException("'%s' is no prefix of keys".formatted(prefix));
      }
      this.prefix = prefix;
      this.request =
          ListObjectsV2Request.builder()
              .bucket(location.bucket())
              .prefix(location.prefix() + prefix)
              .delimiter(delimiter.orElse(null))
              .build();
    }

    boolean hasNext() {
      return !done;
    }

    ListObjectsV2Response next() throws IOException {
      ListObjectsV2Response page;
      try {
        page =
            connection
                .client()
                .listObjectsV2(request.toBuilder().continuationToken(token.orElse(null)).build());
      } catch (SdkException e) {
        throw S3Failure.of("list " + prefix, location, e);
      }
      if (page.isTruncated() == null) {
        throw broken("the answer does not say whether there is more");
      }
      Optional<String> next = Optional.ofNullable(page.nextContinuationToken());
      done = !page.isTruncated();
      if (!done && (next.isEmpty() || next.equals(token))) {
        throw broken("the server says that there is more, but not how to get it");
      }
      token = next;
      return page;
    }

    private IOException broken(String why) {
      return new IOException("Can't list %s in %s: %s".formatted(prefix, location, why));
    }
  }
}
