package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.BlockContent;
import io.convoy.core.BlockTarget;
import io.convoy.core.SnapshotContent;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.testing.DriverHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** The driver on a fake machine. A volume's text is in its device's first bytes. */
final class FakeHarness implements DriverHarness {
  private static final int TEXT_BYTES = 256;
  private static final int TEXT_OFFSET = 4096;

  private final Path root;
  private final Map<String, String> options = new HashMap<>();
  private FakeMachine machine;
  private VolumeDriver driver;

  FakeHarness(Path directory) throws IOException {
    this(directory, new FakeMachine(new FakeStorage(directory)));
  }

  FakeHarness(Path directory, FakeMachine machine) throws IOException {
    this.machine = machine;
    root = Files.createDirectories(directory.resolve("root"));
    options.put(ThinPoolConfig.DATA_DEVICE, machine.storage.dataDevice.toString());
    options.put(ThinPoolConfig.METADATA_DEVICE, machine.storage.metadataDevice.toString());
    options.put(ThinPoolConfig.DEFAULT_VOLUME_SIZE, "4M");
  }

  Path root() {
    return root;
  }

  Map<String, String> options() {
    return options;
  }

  FakeMachine machine() {
    return machine;
  }

  FakeHarness open() throws IOException {
    driver = DevmapperDriver.open(root, machine.surroundings(), options);
    return this;
  }

  @Override
  public VolumeDriver driver() {
    return driver;
  }

  @Override
  public void reopen() throws IOException {
    driver.close();
    open();
  }

  /** Opens the driver on the machine after a reboot. */
  void reboot() throws IOException {
    reboot(step -> {});
  }

  /** Opens the driver on the machine after a reboot, with a hook in what it changes. */
  void reboot(FakeDeviceMapper.Hook hook) throws IOException {
    machine = new FakeMachine(machine.storage);
    machine.setHook(hook);
    open();
  }

  @Override
  public void write(VolumeName volume, String text) throws IOException {
    try (FileChannel device =
        FileChannel.open(machine.node(volume.value()), StandardOpenOption.WRITE)) {
      device.write(bytes(text), TEXT_OFFSET);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.allocate(TEXT_BYTES).put(text.getBytes(UTF_8)).clear();
  }

  private static String text(ByteBuffer bytes) {
    byte[] copy = new byte[TEXT_BYTES];
    bytes.clear().get(copy);
    return NativeDeviceMapper.text(copy);
  }

  @Override
  public String read(VolumeName volume) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(TEXT_BYTES);
    try (FileChannel device =
        FileChannel.open(machine.node(volume.value()), StandardOpenOption.READ)) {
      device.read(bytes, TEXT_OFFSET);
    }
    return text(bytes);
  }

  @Override
  public String read(SnapshotContent content) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(TEXT_BYTES);
    ((BlockContent) content).read(TEXT_OFFSET, bytes);
    return text(bytes);
  }

  @Override
  public VolumeFiller filler(String text) {
    return fillerOf(text);
  }

  static VolumeFiller fillerOf(String text) {
    return target -> ((BlockTarget) target).write(TEXT_OFFSET, bytes(text));
  }

  @Override
  public void close() throws IOException {
    if (driver != null) {
      driver.close();
    }
  }
}
