package io.convoy.objectstore;

/**
 * What a server can do, found out by trying.
 *
 * @param checksums it takes a checksum with an upload
 * @param createsAtomically {@code If-None-Match: *} keeps what is there
 * @param deletesBatches it deletes many objects with one request
 */
record S3Traits(boolean checksums, boolean createsAtomically, boolean deletesBatches) {}
