package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A file for each host that has volumes mounted, written again and again while the host lives. How
 * old it is is told by the storage's own clock, which stamps it: those of hosts may differ.
 */
final class SignOfLife {
  private static final String LEASE = "LeaseSeconds";
  private static final String STOPPED = "StoppedTime";

  private final VolumeRoot root;
  private final String host;
  private final String hostName;
  private final Duration lease;

  SignOfLife(VolumeRoot root, String host, String hostName, Duration lease) {
    this.root = root;
    this.host = host;
    this.hostName = hostName;
    this.lease = lease;
  }

  /**
   * What another host has left.
   *
   * @param age how long ago, by the storage's clock
   * @param lease how long it lasts, by that host's word
   * @param stopped when that host's Convoy was stopped with volumes mounted, if it was
   */
  record Last(Duration age, Duration lease, Optional<String> stopped) {
    boolean isOver() {
      return stopped.isEmpty() && age.compareTo(lease) > 0;
    }
  }

  String hostName() {
    return hostName;
  }

  Duration lease() {
    return lease;
  }

  void give() throws IOException {
    write(content());
  }

  /** Leaves a sign that lasts until the host comes back, as what it has mounted stays mounted. */
  void giveLast() throws IOException {
    write(content().put(STOPPED, Instant.now().toString()));
  }

  void takeBack() throws IOException {
    AtomicFiles.delete(root.signOfLife(host));
  }

  private ObjectNode content() {
    return JsonFile.newObject()
        .put("HostId", host)
        .put("HostName", hostName)
        .put(LEASE, lease.toSeconds());
  }

  private void write(ObjectNode content) throws IOException {
    AtomicFiles.replace(root.signOfLife(host), content.toString().getBytes(UTF_8));
  }

  /** Returns the last sign of a host, or empty if it has left none. */
  Optional<Last> of(String other) throws IOException {
    Path file = root.signOfLife(other);
    Instant now = storageTime();
    Optional<ObjectNode> json = new JsonFile(file).read();
    if (json.isEmpty()) {
      return Optional.empty();
    }
    Instant written;
    try {
      written = Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String stopped = json.get().path(STOPPED).asText("");
    return Optional.of(
        new Last(
            Duration.between(written, now),
            Duration.ofSeconds(json.get().path(LEASE).asLong()),
            stopped.isEmpty() ? Optional.empty() : Optional.of(stopped)));
  }

  /** Returns the time by the clock that stamps the files. */
  private Instant storageTime() throws IOException {
    root.refresh(root.hostsDirectory());
    Path file = AtomicFiles.temporaryBeside(root.signOfLife(host));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(UTF_8.encode("\n"));
      channel.force(true);
      return Files.getLastModifiedTime(file).toInstant();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
