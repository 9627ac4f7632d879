package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tries what backups need of a store, with one small object that is gone afterwards. */
final class StoreTrial {
  private static final int MAX_BYTES = 1024;

  private final ObjectStore store;
  private final ObjectKey key = new ObjectKey(S3Probe.PREFIX + UUID.randomUUID());
  private final byte[] content = ("Convoy tries this store: " + key).getBytes(US_ASCII);
  private final List<String> works = new ArrayList<>();

  StoreTrial(ObjectStore store) {
    this.store = store;
  }

  /**
   * Returns what works, one line each.
   *
   * @throws IOException with the first thing that does not, and is needed
   */
  List<String> run() throws IOException {
    if (!store.create(key, content)) {
      throw new IOException("%s was there before it was stored".formatted(key));
    }
    works.add("write: works");
    try {
      use();
    } catch (IOException | RuntimeException e) {
      try {
        store.delete(List.of(key));
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
    store.delete(List.of(key));
    if (store.get(key, MAX_BYTES).isPresent()) {
      throw new IOException("%s is still there after it was deleted".formatted(key));
    }
    works.add("delete: works");
    if (store instanceof S3ObjectStore s3) {
      tell(s3.traits());
    }
    return works;
  }

  private void use() throws IOException {
    Optional<byte[]> back = store.get(key, MAX_BYTES);
    if (back.isEmpty() || !Arrays.equals(back.get(), content)) {
      throw new IOException(
          "%s came back as %s bytes, expected the %s that were stored"
              .formatted(key, back.map(bytes -> bytes.length).orElse(0), content.length));
    }
    works.add("read: gives back what was written");
    List<ObjectKey> listed = new ArrayList<>();
    store.list(S3Probe.PREFIX, (found, sizeBytes) -> listed.add(found));
    if (!listed.contains(key)) {
      throw new IOException("%s is not in the list of what is there".formatted(key));
    }
    works.add("list: works");
    if (store.create(key, "second".getBytes(US_ASCII))) {
      throw new IOException("%s was created twice: writers could not be told apart".formatted(key));
    }
    works.add("create only what is not there: works");
  }

  private void tell(S3Traits traits) throws IOException {
    works.add(
        "conditional writes: "
            + (traits.createsAtomically()
                ? "kept by the server"
                : "not kept by the server, so each backup takes some 10 s longer"));
    works.add(
        "checksums with uploads: "
            + (traits.checksums() ? "taken" : "refused; blocks are checked when they are read"));
    works.add(
        "deletion of many objects at once: " + (traits.deletesBatches() ? "works" : "refused"));
  }
}
