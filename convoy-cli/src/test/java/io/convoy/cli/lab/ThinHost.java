package io.convoy.cli.lab;

import io.convoy.core.BackupOptions;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Convoy with a thin pool of its own on loop devices. What it says of devices is asked of the
 * kernel, past Convoy.
 */
public final class ThinHost implements AutoCloseable {
  private static final String POOL = "convoy-pool";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long METADATA_BYTES = 64L << 20;
  private static final Pattern CHANGED =
      Pattern.compile("<(?:different|left_only|right_only) begin=\"\\d+\" length=\"(\\d+)\"");
  private static final Pattern BLOCK_SECTORS = Pattern.compile("data_block_size=\"(\\d+)\"");
  private static final Pattern MAPPING =
      Pattern.compile(
          "<(?:single_mapping origin_block|range_mapping origin_begin)=\"(?<begin>\\d+)\""
              + " data_\\w+=\"\\d+\"(?: length=\"(?<length>\\d+)\")?");

  private final CommandRunner commands = new ProcessCommandRunner();
  private final Path directory;
  private final Map<String, String> options;
  private final String data;
  private final String metadata;
  private Convoy convoy;

  private ThinHost(Path directory, long dataBytes, Map<String, String> options) throws IOException {
    this.directory = directory;
    this.options = new HashMap<>(options);
    data = loop("data", dataBytes);
    metadata = loop("metadata", METADATA_BYTES);
    this.options.put("dm.datadev", data);
    this.options.put("dm.metadatadev", metadata);
  }

  /** Makes a pool; Convoy is not opened yet. */
  public static ThinHost create(Path directory, long dataBytes, Map<String, String> options)
      throws IOException {
    return new ThinHost(Files.createDirectories(directory), dataBytes, options);
  }

  private String loop(String name, long bytes) throws IOException {
    Path file = directory.resolve(name);
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    return run("losetup", "--find", "--show", file.toString()).strip();
  }

  /** Opens Convoy. */
  public Convoy open() throws IOException {
    convoy =
        Convoy.open(
            new ConvoyConfig(
                root(), List.of("devicemapper"), options, commands, BackupOptions.DEFAULT));
    return convoy;
  }

  Convoy convoy() {
    return convoy;
  }

  /** Returns where Convoy's state is. */
  public Path root() {
    return directory.resolve("root");
  }

  /** Returns the options of the driver. */
  public Map<String, String> options() {
    return Map.copyOf(options);
  }

  String data() {
    return data;
  }

  String metadata() {
    return metadata;
  }

  String run(String... argv) throws IOException {
    return commands.run(List.of(argv), LIMIT);
  }

  void create(VolumeName volume, long bytes) throws IOException {
    convoy.create(VolumeSpec.of(volume).withSizeBytes(bytes), Optional.empty(), Progress.NONE);
  }

  /** Returns the SHA-512 of a whole device. */
  String sha512(Path device) throws IOException {
    run("sync");
    return run("sha512sum", device.toString()).split(" ", 2)[0];
  }

  String sha512(VolumeName volume) throws IOException {
    return sha512(Path.of("/dev/mapper", volume.value()));
  }

  /** Returns the SHA-512 of a snapshot, through a device that Convoy knows nothing of. */
  String sha512(Snapshot snapshot) throws IOException {
    String view = "view-of-" + snapshot.name();
    run(
        "dmsetup",
        "create",
        view,
        "--readonly",
        "--table",
        "0 %s thin /dev/mapper/%s %s"
            .formatted(
                snapshot.sizeBytes().orElseThrow() / 512, POOL, snapshot.details().get("DevID")));
    try {
      return sha512(Path.of("/dev/mapper", view));
    } finally {
      run("dmsetup", "remove", "--retry", view);
    }
  }

  /** Returns how much of the pool a volume has. */
  long mappedBytes(VolumeName volume) throws IOException {
    // 0 131072 thin <mapped sectors> <highest mapped sector>
    return Long.parseLong(run("dmsetup", "status", volume.value()).split(" ", -1)[3]) * 512;
  }

  /** Returns how many of the pool's blocks two snapshots do not share. */
  long changedBlocks(Snapshot from, Snapshot to) throws IOException {
    String delta =
        askMetadata(
            "thin_delta",
            "--metadata-snap",
            "--thin1",
            from.details().get("DevID"),
            "--thin2",
            to.details().get("DevID"),
            metadata);
    long blocks = 0;
    Matcher matcher = CHANGED.matcher(delta);
    while (matcher.find()) {
      blocks += Long.parseLong(matcher.group(1));
    }
    return blocks;
  }

  /**
   * Returns how much a snapshot's device is of, in units of the given size, leaving out the units
   * for no part of which the pool has a block.
   */
  long touchedBytes(Snapshot snapshot, long unitBytes) throws IOException {
    String dump =
        askMetadata(
            "thin_dump", "--metadata-snap", "--dev-id", snapshot.details().get("DevID"), metadata);
    Matcher superblock = BLOCK_SECTORS.matcher(dump);
    if (!superblock.find()) {
      throw new IOException("thin_dump printed no size of blocks: " + dump);
    }
    long blockBytes = Long.parseLong(superblock.group(1)) * 512;
    BitSet touched = new BitSet();
    Matcher mapping = MAPPING.matcher(dump);
    while (mapping.find()) {
      long first = Long.parseLong(mapping.group("begin"));
      long count = mapping.group("length") == null ? 1 : Long.parseLong(mapping.group("length"));
      long end = (first + count) * blockBytes;
      touched.set(
          Math.toIntExact(first * blockBytes / unitBytes),
          Math.toIntExact((end + unitBytes - 1) / unitBytes));
    }
    return touched.cardinality() * unitBytes;
  }

  /** Has a tool read the pool's metadata while the pool holds a picture of it. */
  private String askMetadata(String... argv) throws IOException {
    run("dmsetup", "message", POOL, "0", "reserve_metadata_snap");
    try {
      return run(argv);
    } finally {
      run("dmsetup", "message", POOL, "0", "release_metadata_snap");
    }
  }

  /** Returns how much has been read from the pool's data device since it was made. */
  long readBytes() throws IOException {
    Path statistics = Path.of("/sys/block", Path.of(data).getFileName().toString(), "stat");
    // reads, merged reads, sectors read, …
    return Long.parseLong(Files.readString(statistics).strip().split(" +", -1)[2]) * 512;
  }

  /** Shuts down; returns normally if the tools find nothing wrong with the pool's metadata. */
  public void checkPool() throws IOException {
    shutDown();
    run("thin_check", metadata);
  }

  /** Closes Convoy, and removes all devices as a shutdown does. */
  void shutDown() throws IOException {
    if (convoy != null) {
      convoy.close();
      convoy = null;
    }
    List<String> mounted;
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      mounted =
          lines
              .filter(line -> line.contains(" - ") && line.contains(" /dev/mapper/"))
              .map(line -> line.split(" ", -1)[4])
              .toList();
    }
    for (String mountPoint : mounted) {
      run("umount", mountPoint);
    }
    for (String line : run("dmsetup", "ls", "--target", "thin").split("\n", -1)) {
      String name = line.split("\\s", 2)[0];
      if (!name.isEmpty() && !line.startsWith("No devices")) {
        run("dmsetup", "remove", "--retry", name);
      }
    }
    if (Files.exists(Path.of("/dev/mapper", POOL))) {
      run("dmsetup", "remove", "--retry", POOL);
    }
  }

  /** Shuts down, and gives the loop devices and their files back. */
  @Override
  public void close() throws IOException {
    shutDown();
    for (String device : List.of(data, metadata)) {
      run("losetup", "--detach", device);
    }
    for (String file : List.of("data", "metadata")) {
      Files.delete(directory.resolve(file));
    }
  }
}
