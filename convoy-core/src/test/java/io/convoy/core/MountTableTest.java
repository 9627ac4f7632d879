package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
  private static final String VOL1 = "254:1";
  private static final String VOL10 = "254:10";

  @TempDir Path directory;

  private MountTable table(String... lines) throws IOException {
    return new MountTable(Files.write(directory.resolve("mountinfo"), List.of(lines)));
  }

  @Test
  void isMountedAt_longerNumberAndName_isAnother() throws IOException {
    MountTable table =
        table("30 1 254:10 / /m/vol10 rw,relatime shared:1 - ext4 /dev/mapper/vol10 rw");

    assertThat(table.isMountedAt(VOL1, Path.of("/m/vol1"))).isFalse();
    assertThat(table.isMountedAt(VOL10, Path.of("/m/vol10"))).isTrue();
    assertThat(table.mountPointsOf(VOL1)).isEmpty();
    assertThat(table.mountPointsOf(VOL10)).containsExactly(Path.of("/m/vol10"));
    assertThat(table.isMountPoint(Path.of("/m"))).isFalse();
  }

  @Test
  void isMountedAt_coveredByAnother_isFalse() throws IOException {
    MountTable table =
        table(
            "30 1 254:1 / /m/vol1 rw - ext4 /dev/mapper/vol1 rw",
            "31 30 254:10 / /m/vol1 rw - ext4 /dev/mapper/vol10 rw");

    assertThat(table.isMountedAt(VOL1, Path.of("/m/vol1"))).isFalse();
    assertThat(table.isMountedAt(VOL10, Path.of("/m/vol1"))).isTrue();
  }

  @Test
  void mountPointsOf_escapedNames_areReadable() throws IOException {
    MountTable table =
        table("30 1 254:1 / /m/my\\040pl\\303\\244ce\\134 rw - ext4 /dev/mapper/vol1 rw");

    assertThat(table.mountPointsOf(VOL1)).containsExactly(Path.of("/m/my pläce\\"));
  }

  private static String mount(Path place) {
    return "36 35 98:0 / %s rw,noatime master:1 - ext4 /dev/root rw".formatted(place);
  }

  @Test
  void mountedBelow_elsewhere_isEmpty() throws IOException {
    Path parent = directory.toRealPath();
    Path vol1 = Files.createDirectory(parent.resolve("vol1"));

    assertThat(
            table(mount(Path.of("/")), mount(parent), mount(parent.resolve("vol10")))
                .mountedBelow(vol1))
        .isEmpty();
  }

  @Test
  void mountedBelow_thereOrInside_isFound() throws IOException {
    Path vol1 = Files.createDirectory(directory.toRealPath().resolve("vol1"));

    assertThat(table(mount(Path.of("/")), mount(vol1)).mountedBelow(vol1)).contains(vol1);
    assertThat(table(mount(vol1.resolve("a\\040b\\134c"))).mountedBelow(vol1))
        .contains(vol1.resolve("a b\\c"));
  }

  @Test
  void mountedBelow_real_readsTheKernels() throws IOException {
    assertThat(MountTable.ofThisProcess().mountedBelow(Path.of("/proc")))
        .contains(Path.of("/proc"));
  }

  @Test
  void all_optionsOfTheFileSystem_areToldApartFromThoseOfTheMount() throws IOException {
    assertThat(
            table(
                    "41 30 0:52 / /srv/my\\040share rw,relatime shared:9 master:2 - nfs nas:/x"
                        + " rw,vers=3,nolock,local_lock=all,addr=10.0.0.1",
                    "42 30 0:53 / /srv/b rw - nfs4 nas:/y rw,vers=4.2,local_lock=none",
                    "43 30 0:54 / /cut")
                .all())
        .containsExactly(
            new MountTable.Mount(
                "0:52",
                Path.of("/srv/my share"),
                "nfs",
                List.of("rw", "vers=3", "nolock", "local_lock=all", "addr=10.0.0.1")),
            new MountTable.Mount(
                "0:53", Path.of("/srv/b"), "nfs4", List.of("rw", "vers=4.2", "local_lock=none")),
            new MountTable.Mount("0:54", Path.of("/cut"), "", List.of()));
  }

  @Test
  void holding_realFile_isTheMountOfItsFileSystem() throws IOException {
    assertThat(MountTable.ofThisProcess().holding(Path.of("/proc/self/status")).orElseThrow())
        .satisfies(mount -> assertThat(mount.type()).isEqualTo("proc"))
        .satisfies(mount -> assertThat(mount.options()).contains("rw"));
    assertThat(table(mount(Path.of("/"))).holding(directory)).isEmpty();
  }

  @Test
  void deviceOf_largeNumbers_areTakenApartAsByTheCLibrary() {
    assertThat(MountTable.deviceOf(0x34L)).isEqualTo("0:52");
    assertThat(MountTable.deviceOf((254L << 8) | 0x12L | (0x345L << 20))).isEqualTo("254:214290");
  }
}
