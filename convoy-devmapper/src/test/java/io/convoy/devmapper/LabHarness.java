package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.BlockContent;
import io.convoy.core.BlockTarget;
import io.convoy.core.DriverContext;
import io.convoy.core.Extent;
import io.convoy.core.MountTable;
import io.convoy.core.RestoreTarget;
import io.convoy.core.SnapshotContent;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.process.RunningCommand;
import io.convoy.core.testing.DriverHarness;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The driver on a thin pool of its own, on loop devices. */
final class LabHarness implements DriverHarness {
  static final String POOL = "convoy-lab-pool";
  static final String TEXT_FILE = "text";

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int COPY_BYTES = 1 << 20;

  private final Path directory;
  private final LoopDisk data;
  private final LoopDisk metadata;
  private final Map<String, String> options;
  private final CountingCommands commands = new CountingCommands();
  private VolumeDriver driver;

  private LabHarness(
      Path directory, LoopDisk data, LoopDisk metadata, Map<String, String> options) {
    this.directory = directory;
    this.data = data;
    this.metadata = metadata;
    this.options = new HashMap<>(options);
  }

  /** Returns a driver with a pool of 1 GiB and volumes of 64 MiB. */
  static LabHarness create(Path directory) throws IOException {
    return create(directory, 1L << 30, Map.of());
  }

  /** Returns a driver with a pool of a size. */
  static LabHarness create(Path directory, long dataBytes, Map<String, String> options)
      throws IOException {
    Path real = directory.toRealPath();
    LoopDisk data = LoopDisk.create(real.resolve("data"), dataBytes);
    LoopDisk metadata = LoopDisk.create(real.resolve("metadata"), 16 << 20);
    LabHarness harness = new LabHarness(real, data, metadata, options);
    Files.createDirectories(harness.root());
    try {
      harness.open();
    } catch (IOException | RuntimeException e) {
      harness.close();
      throw e;
    }
    return harness;
  }

  Path root() {
    return directory.resolve("root");
  }

  LoopDisk data() {
    return data;
  }

  LoopDisk metadata() {
    return metadata;
  }

  Map<String, String> options() {
    Map<String, String> all = new HashMap<>();
    all.put(ThinPoolConfig.DATA_DEVICE, data.device().toString());
    all.put(ThinPoolConfig.METADATA_DEVICE, metadata.device().toString());
    all.put(ThinPoolConfig.POOL_NAME, POOL);
    all.put(ThinPoolConfig.DEFAULT_VOLUME_SIZE, "64M");
    all.putAll(options);
    return all;
  }

  void setOption(String name, String value) {
    options.put(name, value);
  }

  void open() throws IOException {
    driver =
        new DevmapperDriverFactory().open(new DriverContext(root(), "lab", commands), options());
  }

  @Override
  public VolumeDriver driver() {
    return driver;
  }

  /** Makes an empty volume. */
  Volume create(VolumeName name) throws IOException {
    return driver.create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
  }

  @Override
  public void reopen() throws IOException {
    driver.close();
    open();
  }

  /** Opens the driver as after a reboot: no device is there, nothing is mounted. */
  void reboot() throws IOException {
    removeDevices();
    open();
  }

  @Override
  public void write(VolumeName volume, String text) throws IOException {
    whileMounted(
        volume,
        mountPoint -> {
          Files.write(
              mountPoint.resolve(TEXT_FILE),
              text.getBytes(UTF_8),
              CREATE,
              WRITE,
              TRUNCATE_EXISTING,
              SYNC);
          return null;
        });
  }

  @Override
  public String read(VolumeName volume) throws IOException {
    return whileMounted(
        volume,
        mountPoint -> {
          Path file = mountPoint.resolve(TEXT_FILE);
          return Files.exists(file) ? Files.readString(file) : "";
        });
  }

  interface MountedWork<T> {
    T doAt(Path mountPoint) throws IOException;
  }

  <T> T whileMounted(VolumeName volume, MountedWork<T> work) throws IOException {
    String mountPoint = driver.get(volume).orElseThrow().details().get("MountPoint");
    if (!mountPoint.isEmpty()) {
      return work.doAt(Path.of(mountPoint));
    }
    Path place = driver.mount(volume, Optional.empty());
    try {
      return work.doAt(place);
    } finally {
      driver.unmount(volume);
    }
  }

  @Override
  public String read(SnapshotContent content) throws IOException {
    return textIn(content, directory.resolve("image"));
  }

  /** Returns the text in a snapshot's file system, by way of a temporary image file. */
  static String textIn(SnapshotContent content, Path image) throws IOException {
    BlockContent blocks = (BlockContent) content;
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(blocks.sizeBytes());
      for (Extent extent : blocks.allocated()) {
        copy(blocks, extent, file.getChannel());
      }
      return new ProcessCommandRunner()
          .run(List.of("debugfs", "-R", "cat /" + TEXT_FILE, image.toString()), LIMIT);
    } finally {
      Files.delete(image);
    }
  }

  /** Copies a snapshot to a new volume, as a restore does. */
  static void copyTo(SnapshotContent content, RestoreTarget target) throws IOException {
    BlockContent from = (BlockContent) content;
    ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
    for (Extent extent : from.allocated()) {
      for (long at = extent.offsetBytes(); at < extent.endBytes(); at += COPY_BYTES) {
        from.read(at, buffer.clear().limit((int) Math.min(COPY_BYTES, extent.endBytes() - at)));
        ((BlockTarget) target).write(at, buffer.flip());
      }
    }
  }

  private static void copy(BlockContent from, Extent extent, FileChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
    for (long at = extent.offsetBytes(); at < extent.endBytes(); at += COPY_BYTES) {
      from.read(at, buffer.clear().limit((int) Math.min(COPY_BYTES, extent.endBytes() - at)));
      to.write(buffer.flip(), at);
    }
  }

  @Override
  public VolumeFiller filler(String text) {
    return target -> {
      BlockTarget device = (BlockTarget) target;
      Path tree = Files.createDirectories(directory.resolve("tree"));
      Files.writeString(tree.resolve(TEXT_FILE), text);
      Path image = directory.resolve("filler");
      Files.deleteIfExists(image);
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(device.sizeBytes());
      }
      commands.run(
          List.of("mkfs.ext4", "-q", "-F", "-d", tree.toString(), image.toString()), LIMIT);
      try (FileChannel from = FileChannel.open(image, READ)) {
        ByteBuffer zeros = ByteBuffer.allocate(COPY_BYTES);
        for (long at = 0; at < device.sizeBytes(); at += COPY_BYTES) {
          ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
          from.read(buffer, at);
          buffer.flip();
          if (!buffer.equals(zeros.clear().limit(buffer.limit()))) {
            device.write(at, buffer);
          }
        }
      } finally {
        Files.delete(image);
      }
    };
  }

  /** Unmounts and removes all devices of the pool, and the pool's. */
  void removeDevices() throws IOException {
    if (driver != null) {
      // Else it goes on looking after a pool of that name with its own options.
      driver.close();
    }
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    MountTable mounts = MountTable.ofThisProcess();
    Optional<DeviceState> pool = deviceMapper.state(POOL);
    if (pool.isEmpty()) {
      return;
    }
    for (String name : deviceMapper.names()) {
      List<Target> table = deviceMapper.table(name);
      if (table.size() == 1
          && table.get(0).type().equals("thin")
          && table.get(0).parameters().startsWith(pool.get().number() + " ")) {
        DeviceNumber number = deviceMapper.state(name).orElseThrow().number();
        for (Path mountPoint : mounts.mountPointsOf(number.toString())) {
          commands.run(List.of("umount", mountPoint.toString()), LIMIT);
        }
        deviceMapper.remove(name);
      }
    }
    deviceMapper.remove(POOL);
  }

  @Override
  public void close() throws IOException {
    removeDevices();
    data.close();
    metadata.close();
  }

  /** Returns the programs that the driver has started since this was asked last. */
  List<String> startedPrograms() {
    return commands.takeStarted();
  }

  /** Runs programs, and remembers which. */
  private static final class CountingCommands implements CommandRunner {
    private final CommandRunner real = new ProcessCommandRunner();
    private final List<String> started = new ArrayList<>();

    @Override
    public String run(List<String> argv, Duration limit) throws IOException {
      remember(argv);
      return real.run(argv, limit);
    }

    @Override
    public RunningCommand start(List<String> argv) throws IOException {
      remember(argv);
      return real.start(argv);
    }

    private synchronized void remember(List<String> argv) {
      started.add(argv.get(0));
    }

    private synchronized List<String> takeStarted() {
      List<String> taken = List.copyOf(started);
      started.clear();
      return taken;
    }
  }
}
