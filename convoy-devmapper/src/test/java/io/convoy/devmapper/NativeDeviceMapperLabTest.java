package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel-lab")
class NativeDeviceMapperLabTest {
  private static final String NAME = "convoy-test-device";
  private static final Path NODE = Path.of("/dev/mapper", NAME);
  private static final String UUID = "CONVOY-test";
  private static final Target ZEROS = Target.whole(2048, "zero", "");

  @TempDir Path directory;
  private DeviceMapper deviceMapper;

  @BeforeEach
  void open() throws IOException {
    deviceMapper = NativeDeviceMapper.open();
  }

  @AfterEach
  void removeLeftOver() throws IOException {
    if (deviceMapper.state(NAME).isPresent()) {
      deviceMapper.remove(NAME);
    }
  }

  @Test
  void version_realKernel_namesBoth() throws IOException {
    assertThat(deviceMapper.version()).matches("libdevmapper 1\\.02\\.\\d+ .*kernel driver 4\\..*");
  }

  @Test
  void create_linearDevice_isListedWithItsTableAndCanBeUsed() throws IOException {
    try (LoopDisk disk = LoopDisk.create(directory.resolve("disk"), 1 << 20)) {
      Target target = Target.whole(2048, "linear", disk.device() + " 0");

      deviceMapper.create(NAME, UUID, target, Access.READ_WRITE);

      assertThat(deviceMapper.names()).contains(NAME);
      assertThat(deviceMapper.table(NAME))
          .containsExactly(Target.whole(2048, "linear", numberOf(disk) + " 0"));
      DeviceState state = deviceMapper.state(NAME).orElseThrow();
      assertThat(state).isEqualTo(new DeviceState(state.number(), UUID, 0, false, false, true));
      try (RandomAccessFile node = new RandomAccessFile(NODE.toFile(), "rw")) {
        node.write(new byte[] {1, 2, 3});
        assertThat(deviceMapper.state(NAME).orElseThrow().openCount()).isEqualTo(1);
      }
      deviceMapper.remove(NAME);
      assertThat(Files.exists(NODE)).isFalse();
      assertThat(deviceMapper.names()).doesNotContain(NAME);
    }
  }

  private static String numberOf(LoopDisk disk) throws IOException {
    return Files.readString(Path.of("/sys/class/block", disk.device().getFileName() + "", "dev"))
        .strip();
  }

  @Test
  void create_readOnly_refusesToBeWritten() throws IOException {
    deviceMapper.create(NAME, UUID, ZEROS, Access.READ_ONLY);

    assertThat(deviceMapper.state(NAME).orElseThrow().readOnly()).isTrue();
    assertThatThrownBy(() -> Files.write(NODE, new byte[512], StandardOpenOption.WRITE))
        .isInstanceOf(IOException.class);
  }

  @Test
  void create_takenName_saysSo() throws IOException {
    deviceMapper.create(NAME, UUID, ZEROS, Access.READ_WRITE);

    assertThatThrownBy(() -> deviceMapper.create(NAME, UUID + "2", ZEROS, Access.READ_WRITE))
        .isInstanceOfSatisfying(DeviceMapperException.class, e -> assertThat(e.isBusy()).isTrue())
        .hasMessage("CREATE of device '%s' failed: Device or resource busy (errno 16)", NAME);
  }

  @Test
  void create_unknownTarget_leavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                deviceMapper.create(
                    NAME, UUID, Target.whole(2048, "nosuch", ""), Access.READ_WRITE))
        .isInstanceOf(DeviceMapperException.class)
        .hasMessage("RELOAD of device '%s' failed: Invalid argument (errno 22)", NAME);

    assertThat(deviceMapper.state(NAME)).isEmpty();
  }

  @Test
  void state_unknownDevice_isEmpty() throws IOException {
    assertThat(deviceMapper.state("nosuch")).isEmpty();
  }

  @Test
  void remove_openDevice_isBusy() throws IOException {
    deviceMapper.create(NAME, UUID, ZEROS, Access.READ_WRITE);

    try (FileChannel open = FileChannel.open(NODE, StandardOpenOption.READ)) {
      assertThatThrownBy(() -> deviceMapper.remove(NAME))
          .isInstanceOfSatisfying(
              DeviceMapperException.class, e -> assertThat(e.isBusy()).isTrue());
      assertThat(open.isOpen()).isTrue();
    }
    assertThat(deviceMapper.state(NAME)).isPresent();
  }

  @Test
  void remove_unknownDevice_isNotFound() {
    assertThatThrownBy(() -> deviceMapper.remove("nosuch"))
        .isInstanceOfSatisfying(
            DeviceMapperException.class, e -> assertThat(e.isNotFound()).isTrue())
        .hasMessageContaining("No such device or address (errno 6)");
  }

  @Test
  void suspendAndResume_device_isToldByItsState() throws IOException {
    deviceMapper.create(NAME, UUID, ZEROS, Access.READ_WRITE);

    deviceMapper.suspend(NAME);
    boolean suspended = deviceMapper.state(NAME).orElseThrow().suspended();
    deviceMapper.resume(NAME);

    assertThat(suspended).isTrue();
    assertThat(deviceMapper.state(NAME).orElseThrow().suspended()).isFalse();
  }

  @Test
  void reload_largerTable_isInForce() throws IOException {
    deviceMapper.create(NAME, UUID, ZEROS, Access.READ_WRITE);
    Target larger = Target.whole(4096, "zero", "");

    deviceMapper.reload(NAME, larger);

    assertThat(deviceMapper.table(NAME)).isEqualTo(List.of(larger));
    assertThat(deviceMapper.state(NAME).orElseThrow().suspended()).isFalse();
  }

  @Test
  void message_targetThatTakesNone_saysSo() throws IOException {
    deviceMapper.create(NAME, UUID, ZEROS, Access.READ_WRITE);

    assertThatThrownBy(() -> deviceMapper.message(NAME, "create_thin 1"))
        .isInstanceOf(DeviceMapperException.class)
        .hasMessageContaining("Message 'create_thin 1' of device '%s'".formatted(NAME));
  }
}
