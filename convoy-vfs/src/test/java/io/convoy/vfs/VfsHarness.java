package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.DriverContext;
import io.convoy.core.FileTreeContent;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.SnapshotContent;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.DriverHarness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** One host: a root of its own, and a {@code vfs.path} that it may share with others. */
final class VfsHarness implements DriverHarness {
  private static final String FILE = "text";

  private final Path root;
  private final Path path;
  private final String hostId;
  private VolumeDriver driver;

  VfsHarness(Path root, Path path, String hostId) throws IOException {
    this(root, path, hostId, Map.of());
  }

  /** Makes a host with more options. */
  VfsHarness(Path root, Path path, String hostId, Map<String, String> more) throws IOException {
    this.root = Files.createDirectories(root);
    this.path = path;
    this.hostId = hostId;
    Map<String, String> options = new HashMap<>(more);
    options.put("vfs.path", path.toString());
    this.driver = open(root, hostId, options);
  }

  /** Makes a host with its root and its volumes in one directory. */
  static VfsHarness in(Path directory) throws IOException {
    return new VfsHarness(directory.resolve("root"), directory.resolve("volumes"), "host-1");
  }

  static VolumeDriver open(Path root, String hostId, Map<String, String> options)
      throws IOException {
    Files.createDirectories(root);
    return new VfsDriverFactory()
        .open(new DriverContext(root, hostId, new ProcessCommandRunner()), options);
  }

  /** Opens the driver of a storage that must be there now, and no other will be waited for. */
  static VolumeDriver openAtOnce(Path root, String hostId, Map<String, String> options)
      throws IOException {
    Files.createDirectories(root);
    return VfsDriver.open(
        new DriverContext(root, hostId, new ProcessCommandRunner()),
        VfsConfig.parse(options),
        () -> Duration.ZERO);
  }

  Path root() {
    return root;
  }

  Path path() {
    return path;
  }

  Path work() {
    return path.resolve(".convoy");
  }

  @Override
  public VolumeDriver driver() {
    return driver;
  }

  @Override
  public void reopen() throws IOException {
    driver.close();
    driver = open(root, hostId, Map.of("vfs.path", path.toString()));
  }

  @Override
  public void write(VolumeName volume, String text) throws IOException {
    Files.writeString(path.resolve(volume.value()).resolve(FILE), text);
  }

  @Override
  public String read(VolumeName volume) throws IOException {
    return readIn(path.resolve(volume.value()));
  }

  @Override
  public String read(SnapshotContent content) throws IOException {
    return readIn(((FileTreeContent) content).directory());
  }

  private static String readIn(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    return Files.exists(file) ? Files.readString(file, UTF_8) : "";
  }

  @Override
  public VolumeFiller filler(String text) {
    return target -> Files.writeString(((FileTreeTarget) target).directory().resolve(FILE), text);
  }

  @Override
  public void close() throws IOException {
    driver.close();
  }
}
