package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.CorruptDataException;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.process.RunningCommand;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.TreeCompare;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TreeArchiveTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** What any user may make; names and contents that have been trouble somewhere. */
  private static final String ORDINARY =
      """
      import os, sys
      os.chdir(sys.argv[1])
      def put(name, data=b'', mode=0o644):
          with open(name, 'wb') as f:
              f.write(data)
          os.chmod(name, mode)
      put(b'empty')
      put(b'plain', b'content' * 1000)
      put(b'-dash', b'1'); put(b'--checkpoint-action=exec=false', b'2')
      put(b' blank ', b'3'); put(b'new\\nline', b'4'); put(b'back\\\\slash', b'5')
      put(b'inv\\xff\\xfealid', b'6'); put(b'inv\\xff\\xfdalid', b'7'); put('\\u00fc\\u4e2d'.encode(), b'8')
      put(b'*', b'9'); put(b'a=b\\n10 path=x', b'10'); put(b'tab\\t', b'11')
      put(b'readonly', b'12', 0o400); put(b'setuid', b'13', 0o4755); put(b'setgid', b'14', 0o2755)
      os.mkdir(b'emptydir'); os.mkdir(b'sticky'); os.chmod(b'sticky', 0o1777)
      os.mkdir(b'closed'); put(b'closed/inside', b'15')
      os.makedirs(b'/'.join([b'd' * 200] * 3)); put(b'/'.join([b'd' * 200] * 3 + [b'f' * 255]), b'16')
      put(b'n' * 100, b'17'); put(b'n' * 101, b'18')
      os.symlink(b'/etc/passwd', b'absolute'); os.symlink(b'../../outside', b'leaving')
      os.symlink(b'nowhere', b'dangling'); os.symlink(b'plain', b'inner'); os.symlink(b'sticky', b'todir')
      os.symlink(b'x' * 300, b'longlink'); os.symlink(b'inv\\xff', b'link\\xfe'); os.mkdir(b'link\\xfd')
      put(b'link\\xfd/file', b'19')
      os.link(b'plain', b'zhard'); os.link(b'plain', b'emptydir/../hard2'); os.link(b'absolute', b'hardtolink')
      os.link(b'inv\\xff\\xfealid', b'hard\\xff')
      os.mkfifo(b'fifo', 0o640)
      with open(b'sparse', 'wb') as f:
          f.seek(3 << 20); f.write(b'x' * 5000); f.seek(40 << 20); f.write(b'y'); f.truncate(50 << 20)
      with open(b'hole', 'wb') as f:
          f.truncate(8 << 20)
      with open(b'many', 'wb') as f:
          for i in range(500):
              f.seek(i * 65536); f.write(b'z' * 4096)
      os.setxattr(b'plain', b'user.key', b'v\\x00\\xff\\n'); os.setxattr(b'emptydir', b'user.dir', b'')
      os.setxattr(b'plain', b'user.long', b'L' * 3000)
      for t, n in enumerate(sorted(os.listdir(b'.'))):
          os.utime(n, ns=(1, 1600000000123456789 + t * 1000000007), follow_symlinks=False)
      os.utime(b'empty', ns=(1, -5000000001)); os.utime(b'plain', ns=(1, 4600000000999999999))
      os.chmod(b'closed', 0o500)
      os.chmod(b'.', 0o2750); os.utime(b'.', ns=(1, 1500000000987654321))
      """;

  /** What only root may make. */
  private static final String ROOTS_OWN =
      """
      import os, sys, subprocess
      os.chdir(sys.argv[1])
      for name, data in ((b'owned', b'1'), (b'capable', b'2'), (b'acl', b'3')):
          with open(name, 'wb') as f:
              f.write(data)
      os.mknod(b'null', 0o020666, os.makedev(1, 3)); os.mknod(b'disk', 0o060640, os.makedev(259, 300))
      os.chown(b'owned', 12345, 3000000000); os.chmod(b'owned', 0o6755)
      os.symlink(b'x', b'ownedlink'); os.lchown(b'ownedlink', 77, 78)
      os.setxattr(b'owned', b'trusted.key', b't'); os.setxattr(b'ownedlink', b'trusted.l', b'l', follow_symlinks=False)
      os.setxattr(b'capable', b'security.capability', bytes.fromhex('0100000200200000000000000000000000000000'))
      os.mkdir(b'acldir')
      subprocess.check_call(['setfacl', '-m', 'u:1234:rwx,g:55:r', 'acl'])
      subprocess.check_call(['setfacl', '-m', 'u:0:rx,d:u:4321:rwx', 'acldir'])
      with open(b'acldir/below', 'wb') as f:
          f.write(b'4')
      os.chown(b'.', 1000, 1001)
      os.utime(b'.', ns=(1, 1500000000987654321))
      """;

  private final CommandRunner commands = new ProcessCommandRunner();
  private final TreeArchive archive = new TreeArchive(commands);

  @TempDir private Path temp;
  private Path tree;
  private Path target;

  @BeforeEach
  void makeDirectories() throws IOException {
    tree = Files.createDirectory(temp.resolve("tree"));
    target = Files.createDirectory(temp.resolve("target"));
  }

  @Test
  void restore_ofACapture_givesTheTreeBack() throws IOException {
    make(ORDINARY);

    archive.restore(new ByteArrayInputStream(capture()), target);

    assertThat(TreeCompare.differences(tree, target)).isEmpty();
  }

  @Test
  void restore_asRoot_givesOwnersDevicesAclsAndAllAttributesBack() throws IOException {
    Environment.requireRoot();
    make(ORDINARY);
    make(ROOTS_OWN);

    archive.restore(new ByteArrayInputStream(capture()), target);

    assertThat(TreeCompare.differences(tree, target)).isEmpty();
  }

  @Test
  void differences_ofTreesThatDiffer_namesThem() throws IOException {
    make(ORDINARY);
    archive.restore(new ByteArrayInputStream(capture()), target);
    Files.writeString(target.resolve("plain"), "other");
    Files.delete(target.resolve("dangling"));

    assertThat(TreeCompare.differences(tree, target))
        .anyMatch(line -> line.startsWith("b'plain': "))
        .anyMatch(line -> line.startsWith("b'dangling': ") && line.endsWith("but found nothing"));
  }

  @Test
  void capture_twice_givesTheSameBytes() throws IOException {
    make(ORDINARY);
    byte[] first = capture();
    python("import os, sys\nfor d, s, f in os.walk(sys.argv[1]):\n  pass", tree);
    commands.run(
        List.of("find", tree.toString(), "-type", "f", "-exec", "cat", "{}", "+", "-quit"), LIMIT);

    assertThat(capture()).isEqualTo(first);
  }

  @Test
  void capture_ofARestoredTree_givesTheSameBytes() throws IOException {
    make(ORDINARY);
    byte[] first = capture();
    archive.restore(new ByteArrayInputStream(first), target);

    ByteArrayOutputStream second = new ByteArrayOutputStream();
    archive.capture(target, in -> in.transferTo(second));

    assertThat(second.toByteArray()).isEqualTo(first);
  }

  @Test
  void capture_holes_areNotRead() throws IOException {
    python("import sys\nopen(sys.argv[1] + '/big', 'wb').truncate(1 << 40)", tree);

    byte[] tar = capture();
    archive.restore(new ByteArrayInputStream(tar), target);

    assertThat(tar.length).isLessThan(100_000);
    assertThat(Files.size(target.resolve("big"))).isEqualTo(1L << 40);
  }

  @Test
  void capture_socket_isLeftOut() throws IOException {
    python(
        "import socket, os, sys\nos.chdir(sys.argv[1])\nsocket.socket(socket.AF_UNIX).bind('s')",
        tree);

    archive.restore(new ByteArrayInputStream(capture()), target);

    assertThat(target).isEmptyDirectory();
  }

  @Test
  void capture_missingDirectory_fails() {
    assertThatThrownBy(() -> archive.capture(temp.resolve("missing"), InputStream::readAllBytes))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void capture_sinkFails_thatIsTheFailureAndTarIsGone() throws IOException {
    make(ORDINARY);
    Remembering remembering = new Remembering();

    assertThatThrownBy(
            () ->
                new TreeArchive(remembering)
                    .capture(
                        tree,
                        in -> {
                          throw new IOException("the sink is full");
                        }))
        .hasMessage("the sink is full");
    assertThat(remembering.last.waitFor()).isNotZero();
  }

  @Test
  void capture_sinkStopsEarly_fails() throws IOException {
    make(ORDINARY);

    assertThatThrownBy(() -> archive.capture(tree, InputStream::read))
        .hasMessageContaining("not read to its end");
  }

  @Test
  void capture_interrupted_stops() throws IOException {
    make(ORDINARY);
    try {
      assertThatThrownBy(
              () ->
                  archive.capture(
                      tree,
                      in -> {
                        Thread.currentThread().interrupt();
                        in.readAllBytes();
                      }))
          .isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void restore_targetNotEmpty_isRefused() throws IOException {
    Files.createFile(target.resolve("file"));

    assertThatThrownBy(() -> archive.restore(new ByteArrayInputStream(capture()), target))
        .isInstanceOf(DirectoryNotEmptyException.class);
  }

  @Test
  void restore_cutAnywhere_isRefused() throws IOException {
    python(
        "import os, sys\nos.chdir(sys.argv[1])\nfor n in 'abc': open(n, 'w').write(n * 700)", tree);
    byte[] tar = capture();
    int end = lastNonZero(tar) / 512 * 512 + 512;

    for (int length = 0; length <= end + 512; length += length % 512 == 0 ? 511 : 1) {
      byte[] cut = Arrays.copyOf(tar, length);
      Path into = Files.createDirectory(temp.resolve("cut" + length));
      assertThatThrownBy(() -> archive.restore(new ByteArrayInputStream(cut), into))
          .as("cut to %s bytes", length)
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void restore_somethingBehindTheEnd_isRefused() throws IOException {
    byte[] tar = capture();
    byte[] more = Arrays.copyOf(tar, tar.length + 1);
    more[tar.length] = 1;

    assertThatThrownBy(() -> archive.restore(new ByteArrayInputStream(more), target))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("followed by something else");
  }

  @Test
  void restore_sourceFails_thatIsTheFailure() throws IOException {
    make(ORDINARY);
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(capture())) {
          private int left = 100_000;

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
              throw new IOException("the store is away");
            }
            int n = in.read(bytes, offset, Math.min(left, length));
            left -= n;
            return n;
          }
        };

    assertThatThrownBy(() -> archive.restore(broken, target)).hasMessage("the store is away");
  }

  @Test
  void restore_tarCantWrite_saysWhatTarSaid() throws IOException {
    make(ORDINARY);
    byte[] tar = capture();
    CommandRunner failing =
        new CommandRunner() {
          @Override
          public String run(List<String> argv, Duration limit) throws IOException {
            return commands.run(argv, limit);
          }

          @Override
          public RunningCommand start(List<String> argv) throws IOException {
            return commands.start(List.of("sh", "-c", "echo no space left >&2; exit 2"));
          }
        };

    assertThatThrownBy(
            () -> new TreeArchive(failing).restore(new ByteArrayInputStream(tar), target))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("no space left");
  }

  @Test
  void restore_notRoot_givesWhatTheUserMay() throws IOException {
    Environment.requireRoot();
    make(ORDINARY);
    make(ROOTS_OWN);
    byte[] tar = capture();
    commands.run(List.of("chmod", "0755", temp.toString()), LIMIT);
    commands.run(List.of("chown", "65534:65534", target.toString()), LIMIT);
    CommandRunner asNobody =
        new CommandRunner() {
          @Override
          public String run(List<String> argv, Duration limit) throws IOException {
            return commands.run(argv, limit);
          }

          @Override
          public RunningCommand start(List<String> argv) throws IOException {
            List<String> all =
                new ArrayList<>(
                    List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
            all.addAll(argv);
            return commands.start(all);
          }
        };

    new TreeArchive(asNobody, false).restore(new ByteArrayInputStream(tar), target);

    assertThat(target.resolve("null")).doesNotExist();
    assertThat(Files.readAllBytes(target.resolve("plain")))
        .isEqualTo("content".repeat(1000).getBytes(UTF_8));
    assertThat(Files.getAttribute(target.resolve("owned"), "unix:uid")).isEqualTo(65534);
  }

  @Test
  void restoreGzip_whatTarAndGzipWrote_givesTheTreeBack() throws IOException {
    make(ORDINARY);
    Path bak = temp.resolve("bak");
    commands.run(
        List.of(
            "tar", "--create", "--gzip", "--file=" + bak, "--directory=" + tree, "--sparse", "."),
        LIMIT);

    try (InputStream in = Files.newInputStream(bak)) {
      archive.restoreGzip(in, target);
    }

    assertThat(Files.readAllBytes(target.resolve("plain")))
        .isEqualTo("content".repeat(1000).getBytes(UTF_8));
    assertThat(Files.readSymbolicLink(target.resolve("absolute"))).hasToString("/etc/passwd");
    assertThat(Files.size(target.resolve("sparse"))).isEqualTo(50 << 20);
  }

  @Test
  void restoreGzip_cutOrFollowedBySomething_isRefused() throws IOException {
    byte[] gzip = gzip(capture());

    for (byte[] bad :
        List.of(
            new byte[0],
            Arrays.copyOf(gzip, 5),
            Arrays.copyOf(gzip, gzip.length - 1),
            Arrays.copyOf(gzip, gzip.length / 2),
            Arrays.copyOf(gzip, gzip.length + 1),
            capture())) {
      Path into = Files.createTempDirectory(temp, "into");
      assertThatThrownBy(() -> archive.restoreGzip(new ByteArrayInputStream(bad), into))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  private void make(String script) throws IOException {
    Environment.require(Files.isExecutable(Path.of("/usr/bin/python3")), "install python3");
    python(script, tree);
  }

  private void python(String script, Path argument) throws IOException {
    commands.run(List.of("python3", "-c", script, argument.toString()), LIMIT);
  }

  private byte[] capture() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    archive.capture(tree, in -> in.transferTo(tar));
    return tar.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static int lastNonZero(byte[] bytes) {
    int i = bytes.length - 1;
    while (bytes[i] == 0) {
      i--;
    }
    return i;
  }

  private final class Remembering implements CommandRunner {
    private RunningCommand last;

    @Override
    public String run(List<String> argv, Duration limit) throws IOException {
      return commands.run(argv, limit);
    }

    @Override
    public RunningCommand start(List<String> argv) throws IOException {
      last = commands.start(argv);
      return last;
    }
  }
}
