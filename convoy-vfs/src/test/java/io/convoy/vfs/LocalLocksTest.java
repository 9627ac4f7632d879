package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DriverContext;
import io.convoy.core.MountTable;
import io.convoy.core.StorageUnavailableException;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's table says that the storage, a real directory, is mounted in one way or another. */
final class LocalLocksTest {
  private static final String WHOLE =
      "rw,relatime,vers=3,rsize=1048576,namlen=255,hard,proto=tcp,timeo=600,sec=sys,%s,addr=10.0.0.1";

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void setUp() {
    path = directory.resolve("share/volumes");
  }

  private MountTable mounts(String type, String options) throws IOException {
    long number = (Long) Files.getAttribute(directory, "unix:dev");
    long minor = (number & 0xff) | ((number >>> 12) & 0xffffff00L);
    String device = "%s:%s".formatted((number >>> 8) & 0xfff, minor);
    return new MountTable(
        Files.write(
            directory.resolve("mountinfo"),
            List.of(
                "21 20 0:5 / /proc rw - proc proc rw",
                "41 20 %s / /mnt/nas rw,relatime shared:9 - %s nas:/export %s"
                    .formatted(device, type, options))));
  }

  private VfsDriver open(MountTable mounts, String shared) throws IOException {
    return VfsDriver.open(
        new DriverContext(
            Files.createDirectories(directory.resolve("root")),
            "host-1",
            new ProcessCommandRunner()),
        VfsConfig.parse(Map.of("vfs.path", path.toString(), "vfs.shared", shared)),
        () -> Duration.ZERO,
        mounts);
  }

  @Test
  void open_sharedWithLocksOfThisHostAlone_isRefusedAndNothingWritten() throws IOException {
    for (String option :
        List.of("nolock", "local_lock=all", "local_lock=posix", "nolock,local_lock=all")) {
      MountTable mounts = mounts("nfs", WHOLE.formatted(option));

      assertThatThrownBy(() -> open(mounts, "true"))
          .isInstanceOf(StorageUnavailableException.class)
          .hasMessage(
              "vfs.path '%s' can't be shared: /mnt/nas is mounted with '%s', so locks hold on this host alone; take 'nolock' and 'local_lock' out of the options of /mnt/nas (see /etc/fstab), umount /mnt/nas, and mount it again, or set vfs.shared=false if no other host uses it"
                  .formatted(path, option.split(",", 2)[0]));
      assertThat(path.getParent()).doesNotExist();
    }
  }

  @Test
  void open_sharedWithLocksOfTheServer_isUsed() throws IOException {
    for (String option : List.of("local_lock=none", "local_lock=flock", "fsc,lookupcache=none")) {
      for (String type : List.of("nfs", "nfs4")) {
        try (VfsDriver driver = open(mounts(type, WHOLE.formatted(option)), "true")) {
          assertThat(driver.isShared()).isTrue();
        }
      }
    }
  }

  @Test
  void open_notShared_isUsedAndTold() throws IOException {
    MountTable mounts = mounts("nfs", WHOLE.formatted("nolock"));

    try (VfsDriver driver = open(mounts, "false")) {
      assertThat(driver.info()).containsEntry("Shared", "false");
    }
    assertThat(LocalLocks.of(path, mounts).orElseThrow().finding().what())
        .startsWith("vfs.path '%s' can't be shared: /mnt/nas".formatted(path));
  }

  @Test
  void of_otherKindOfFileSystem_isNothing() throws IOException {
    assertThat(LocalLocks.of(path, mounts("ext4", "rw,nolock"))).isEmpty();
  }
}
