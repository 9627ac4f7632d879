package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.MountTable;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A machine whose device-mapper, block devices, mounts and programs are fakes with state. A new one
 * on the same storage is the machine after a reboot.
 */
final class FakeMachine implements CommandRunner, BlockDevices {
  final FakeStorage storage;
  final FakeDeviceMapper deviceMapper;
  private final Path nodes;
  private final Path mountInfo;
  private final List<String> mountLines = new ArrayList<>();
  private FakeDeviceMapper.Hook hook = step -> {};

  FakeMachine(FakeStorage storage) throws IOException {
    this.storage = storage;
    this.nodes = Files.createDirectories(storage.directory.resolve("nodes"));
    try (DirectoryStream<Path> before = Files.newDirectoryStream(nodes)) {
      for (Path node : before) {
        Files.delete(node);
      }
    }
    this.mountInfo = Files.createTempFile(storage.directory, "mountinfo", "");
    this.deviceMapper = new FakeDeviceMapper(storage, nodes);
  }

  /** Has the hook called at each step of devices and programs. */
  void setHook(FakeDeviceMapper.Hook hook) {
    this.hook = hook;
    deviceMapper.setHook(hook);
  }

  Surroundings surroundings() {
    return new Surroundings(deviceMapper, this, this, new MountTable(mountInfo), nodes);
  }

  Path node(String name) {
    return nodes.resolve(name);
  }

  @Override
  public DeviceNumber number(Path device) throws IOException {
    if (device.startsWith(nodes)) {
      return deviceMapper
          .state(device.getFileName().toString())
          .orElseThrow(() -> new NoSuchFileException(device.toString()))
          .number();
    }
    if (device.equals(storage.dataDevice)) {
      return new DeviceNumber(7, 0);
    }
    if (device.equals(storage.metadataDevice)) {
      return new DeviceNumber(7, 1);
    }
    throw new NoSuchFileException(device.toString());
  }

  @Override
  public List<String> holders(DeviceNumber device) {
    return List.of();
  }

  @Override
  public long sizeBytes(Path device) throws IOException {
    return Files.size(device);
  }

  @Override
  public synchronized String run(List<String> argv, Duration limit) throws IOException {
    hook.reached("before " + argv.get(0));
    String output = "";
    Path last = Path.of(argv.get(argv.size() - 1));
    switch (argv.get(0)) {
      case "mkfs.ext4", "mkfs.xfs" -> makeFilesystem(argv.get(0).substring(5), last);
      case "resize2fs" -> makeFilesystem("ext4", last);
      case "e2fsck" -> checkUnused(last);
      case "dumpe2fs" ->
          output = "Block count: %s%nBlock size: 1%n".formatted(filesystemBytes(last));
      case "blkid" -> output = filesystemOf(last);
      case "thin_ls" -> {
        if (!storage.metadataHeld) {
          throw new IOException("thin_ls: the pool holds no metadata snapshot");
        }
        output =
            storage.thins.keySet().stream().map(String::valueOf).collect(Collectors.joining("\n"));
      }
      case "mount" -> mount(Path.of(argv.get(argv.size() - 2)), last);
      case "umount" -> unmount(last);
      default -> throw new IOException("'%s' is not on this machine".formatted(argv));
    }
    hook.reached("after " + argv.get(0));
    return output;
  }

  private void makeFilesystem(String name, Path node) throws IOException {
    number(node);
    try (FileChannel device = FileChannel.open(node, StandardOpenOption.WRITE)) {
      // A file system knows how large it is.
      String header = "%s %016d\n".formatted(name, device.size());
      device.write(ByteBuffer.wrap(header.getBytes(UTF_8)), 0);
    }
  }

  /** Returns how large the file system on a device is. */
  long filesystemBytes(Path node) throws IOException {
    ByteBuffer header = ByteBuffer.allocate("ext4 ".length() + 16);
    try (FileChannel device = FileChannel.open(node, StandardOpenOption.READ)) {
      device.read(header, 0);
    }
    return Long.parseLong(new String(header.array(), UTF_8).substring("ext4 ".length()));
  }

  private void checkUnused(Path node) throws IOException {
    if (deviceMapper.state(node.getFileName().toString()).orElseThrow().openCount() > 0) {
      throw new IOException("e2fsck: " + node + " is in use");
    }
  }

  private static String filesystemOf(Path node) throws IOException {
    byte[] start = new byte[4];
    try (FileChannel device = FileChannel.open(node, StandardOpenOption.READ)) {
      device.read(ByteBuffer.wrap(start), 0);
    }
    return start[0] == 0 ? "" : new String(start, UTF_8).strip();
  }

  private void mount(Path node, Path place) throws IOException {
    mountLines.add("30 1 %s / %s rw - ext4 %s rw".formatted(number(node), place, node));
    Files.write(mountInfo, mountLines);
    deviceMapper.open(node.getFileName().toString(), 1);
  }

  private void unmount(Path place) throws IOException {
    String line =
        mountLines.stream()
            .filter(mount -> mount.contains(" / " + place + " "))
            .findFirst()
            .orElseThrow(() -> new IOException("umount: " + place + ": not mounted"));
    mountLines.remove(line);
    Files.write(mountInfo, mountLines);
    Path node = Path.of(line.split(" ", -1)[8]);
    deviceMapper.open(node.getFileName().toString(), -1);
  }

  @Override
  public RunningCommand start(List<String> argv) throws IOException {
    throw new IOException("'%s' is not on this machine".formatted(argv));
  }
}
