package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.CorruptDataException;
import io.convoy.core.FileTreeContent;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.SnapshotsContract;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class VfsSnapshotsTest extends SnapshotsContract {
  private static final String EVERYTHING =
      """
      import os, sys
      os.chdir(os.fsencode(sys.argv[1]))
      os.mkdir('dir'); os.mkdir('dir/empty')
      open('dir/file', 'w').write('text')
      os.link('dir/file', 'hard')
      os.symlink('dir/file', 'link'); os.symlink('/nowhere', 'dangling')
      os.lchown('link', 7, 8)
      open('setuid', 'w').write('x'); os.chown('setuid', 1234, 4321); os.chmod('setuid', 0o4751)
      open(b'\\xff\\xfe name\\n\\'"$(x)', 'w').write('any bytes')
      os.mkdir(b'dir-\\xe9'); open(b'dir-\\xe9/inside', 'w').write('y')
      with open('sparse', 'wb') as f:
          f.write(b'start'); f.seek(64 << 20); f.write(b'end')
      os.mkfifo('fifo', 0o640)
      os.mknod('null', 0o20666, os.makedev(1, 3))
      os.mknod('block', 0o60660, os.makedev(7, 99))
      os.setxattr('hard', 'user.colour', b'blue\\x00green')
      os.setxattr('dir', 'user.shape', b'round')
      os.setxattr('setuid', 'security.capability',
                  b'\\x01\\x00\\x00\\x02\\x00\\x04\\x00\\x00' + b'\\x00' * 12)
      os.system('setfacl -m u:1000:rw,g:100:r dir/file')
      os.system('setfacl -d -m u:1001:rwx dir/empty')
      for name in ('dir/file', 'fifo', 'sparse', 'dir/empty', 'dir', '.'):
          os.utime(name, ns=(1234567890123456789, 1234567890987654321))
      os.utime('link', ns=(1, 1000000002), follow_symlinks=False)
      """;

  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return VfsHarness.in(directory);
  }

  private VfsHarness host() {
    return (VfsHarness) harness;
  }

  private Path volume() {
    return host().path().resolve("vol1");
  }

  private FileTreeContent open(SnapshotName name) throws IOException {
    return (FileTreeContent) snapshots().open(VOL1, name);
  }

  @Test
  void create_everyKindOfFile_isCopiedAsItIs() throws Exception {
    Environment.requireRoot();
    Environment.require(
        Files.exists(Path.of("/usr/bin/setfacl")), "needs setfacl: apt-get install acl");
    Programs.run(volume(), "python3", "-c", EVERYTHING, volume().toString());
    String before = Programs.describe(volume());
    assertThat(before)
        .contains("system.posix_acl_access", "system.posix_acl_default", "security.capability")
        .contains("user.colour", "sparse", "1234567890987654321");

    Snapshot snapshot = create(SNAP1);

    try (FileTreeContent content = open(SNAP1)) {
      assertThat(Programs.describe(content.directory())).isEqualTo(before);
    }
    assertThat(Programs.describe(volume())).isEqualTo(before);
    assertThat(snapshot.details())
        .containsEntry("VolumeUUID", "vol1")
        .containsEntry("Kind", "directory")
        .containsEntry("ChangedWhileCopied", "false")
        .containsEntry("Host", "host-1")
        .doesNotContainKey("VanishedWhileCopied");
    assertThat(snapshot.details().get("Consistency")).isIn("copy", "reflink");
    assertThat(Path.of(snapshot.details().get("FilePath"))).isDirectory();
    snapshots().delete(VOL1, SNAP1);
    assertThat(Path.of(snapshot.details().get("FilePath"))).doesNotExist();
  }

  @Test
  void create_sockets_areLeftOut() throws IOException {
    Path directory = Files.createDirectory(volume().resolve("run"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      // The path of a socket is short.
      Path link = Files.createTempDirectory("vfs").resolve("run");
      Files.createSymbolicLink(link, directory);
      server.bind(UnixDomainSocketAddress.of(link.resolve("socket")));
      Files.delete(link);
      Files.delete(link.getParent());
    }
    Files.writeString(directory.resolve("file"), "text");
    FileTime modified = Files.getLastModifiedTime(directory);
    assertThat(directory.resolve("socket")).exists();

    create(SNAP1);

    try (FileTreeContent content = open(SNAP1)) {
      Path copy = content.directory().resolve("run");
      assertThat(copy.resolve("socket")).doesNotExist();
      assertThat(copy.resolve("file")).hasContent("text");
      assertThat(Files.getLastModifiedTime(copy)).isEqualTo(modified);
    }
  }

  @Test
  void create_volumeIsBeingWritten_hasAllThatStaysAndSaysSo() throws Exception {
    for (int i = 0; i < 500; i++) {
      Files.writeString(volume().resolve("stays-" + i), "text " + i);
    }
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService writer = Executors.newSingleThreadExecutor();
    Future<?> writing =
        writer.submit(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                Path directory = Files.createDirectories(volume().resolve("busy-" + i % 7));
                for (int j = 0; j < 20; j++) {
                  Files.writeString(directory.resolve("file-" + j), "text");
                }
                Files.move(
                    directory.resolve("file-0"),
                    volume().resolve("replaced"),
                    StandardCopyOption.ATOMIC_MOVE);
                for (int j = 1; j < 20; j++) {
                  Files.delete(directory.resolve("file-" + j));
                }
                Files.delete(directory);
              }
              return null;
            });
    try {
      for (int round = 0; round < 5; round++) {
        SnapshotName name = new SnapshotName("busy-" + round);

        Snapshot snapshot = create(name);

        assertThat(snapshot.details()).containsEntry("ChangedWhileCopied", "true");
        try (FileTreeContent content = open(name)) {
          for (int i = 0; i < 500; i++) {
            assertThat(content.directory().resolve("stays-" + i)).hasContent("text " + i);
          }
        }
      }
    } finally {
      stop.set(true);
      writing.get();
      writer.shutdown();
    }
    assertThat(create(SNAP1).details()).containsEntry("ChangedWhileCopied", "false");
  }

  @Test
  void create_interrupted_leavesNothing() throws Exception {
    for (int i = 0; i < 3000; i++) {
      Files.writeString(volume().resolve("file-" + i), "text");
    }
    UUID uuid = UUID.randomUUID();
    Path staging = host().work().resolve("snapshotting-host-1-" + uuid);
    ExecutorService other = Executors.newSingleThreadExecutor();
    Future<?> creating = other.submit(() -> snapshots().create(VOL1, SNAP1, uuid));
    while (!Files.exists(staging) && !creating.isDone()) {
      Thread.onSpinWait();
    }
    other.shutdownNow();

    assertThatThrownBy(creating::get).hasCauseInstanceOf(InterruptedIOException.class);

    assertThat(list()).isEmpty();
    assertThat(staging).doesNotExist();
    harness.reopen();
    assertThat(host().work()).isDirectoryNotContaining("glob:**/snapshotting-*");
    assertThat(create(SNAP1).uuid()).isNotEqualTo(uuid);
  }

  @Test
  void create_directoryGone_isAnErrorAndLeavesNothing() throws IOException {
    Files.delete(volume());

    assertThatThrownBy(() -> create(SNAP1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");

    assertThat(list()).isEmpty();
    assertThat(host().work()).isDirectoryNotContaining("glob:**/snapshotting-*");
  }

  @Test
  void open_filesGone_isNotThatThereIsNoSnapshot() throws Exception {
    Snapshot snapshot = create(SNAP1);
    Files.delete(Path.of(snapshot.details().get("FilePath")));

    assertThatThrownBy(() -> snapshots().open(VOL1, SNAP1))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("its files are not at");
  }
}
