package io.convoy.objectstore;

import io.convoy.core.BackupDestination;
import io.convoy.core.Targets;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Opens places in S3 buckets: {@code s3://bucket@region/path/}. The stores of one destination share
 * a client and its connections, until this is closed.
 */
final class S3Stores implements ObjectStores {
  static final String SCHEME = "s3";

  private final Duration silence;
  private final Map<S3Access, S3Connection> connections = new HashMap<>();
  private boolean closed;

  S3Stores() {
    this(S3Clients.SILENCE);
  }

  S3Stores(Duration silence) {
    this.silence = silence;
  }

  @Override
  public synchronized ObjectStore open(BackupDestination destination) throws IOException {
    if (closed) {
      throw new IOException("No destination can be opened any more: Convoy is being closed");
    }
    S3Access access = S3Access.of(destination, Targets.ofThisUser(System.getenv()));
    return new S3ObjectStore(
        connections.computeIfAbsent(access, where -> new S3Connection(where, silence)),
        access.location());
  }

  @Override
  public synchronized void close() {
    closed = true;
    connections.values().forEach(S3Connection::close);
    connections.clear();
  }
}
