package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
  @TempDir Path directory;

  private MountTable table(String... mountPoints) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String mountPoint : mountPoints) {
      lines
          .append("36 35 98:0 / ")
          .append(mountPoint)
          .append(" rw,noatime master:1 - ext4 /dev/root rw\n");
    }
    return new MountTable(Files.writeString(directory.resolve("mountinfo"), lines));
  }

  @Test
  void mountedBelow_elsewhere_isEmpty() throws IOException {
    Path vol1 = Files.createDirectory(directory.toRealPath().resolve("vol1"));

    assertThat(table("/", directory.toRealPath().toString(), vol1 + "0").mountedBelow(vol1))
        .isEmpty();
  }

  @Test
  void mountedBelow_thereOrInside_isFound() throws IOException {
    Path vol1 = Files.createDirectory(directory.toRealPath().resolve("vol1"));

    assertThat(table("/", vol1.toString()).mountedBelow(vol1)).contains(vol1.toString());
    assertThat(table("/", vol1 + "/a\\040b\\134c").mountedBelow(vol1)).contains(vol1 + "/a b\\c");
  }

  @Test
  void mountedBelow_real_readsTheKernels() throws IOException {
    assertThat(new MountTable(Path.of("/proc/self/mountinfo")).mountedBelow(Path.of("/proc")))
        .contains("/proc");
  }
}
