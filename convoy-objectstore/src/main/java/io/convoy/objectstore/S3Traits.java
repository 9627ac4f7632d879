package io.convoy.objectstore;

import java.io.IOException;
import java.util.concurrent.Future;

/**
 * What a server can do, found out by trying.
 *
 * @param checksums it takes a checksum with an upload
 * @param createsAtomically {@code If-None-Match: *} keeps what is there
 * @param batches whether it deletes many objects with one request; the last thing that is tried
 */
record S3Traits(boolean checksums, boolean createsAtomically, Future<Boolean> batches) {
  /** Returns whether the server deletes many objects with one request. */
  boolean deletesBatches() throws IOException {
    return Tasks.get(batches);
  }
}
