package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NativeDeviceMapperTest {
  @Test
  void open_kernelWithoutDeviceMapper_saysWhatToDo() throws IOException {
    boolean present = Files.readString(Path.of("/proc/misc")).contains("device-mapper");
    // What a kernel that has it does is tested in the lab.
    Assumptions.assumeFalse(present);

    assertThatThrownBy(NativeDeviceMapper::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no device-mapper")
        .hasMessageContaining("modprobe dm-thin-pool");
  }

  @Test
  void text_bytesWithNul_endThere() {
    assertThat(NativeDeviceMapper.text(new byte[] {'a', 'b', 0, 'c'})).isEqualTo("ab");
    assertThat(NativeDeviceMapper.text(new byte[] {'a'})).isEqualTo("a");
  }
}
