package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.OldConvoy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads what Convoy v0.5.2 itself wrote. */
final class OldFormatTest {
  private static final int BLOCK_BYTES = 2 * 1024 * 1024;

  @TempDir private Path temp;
  private Path old;

  @BeforeEach
  void layOut() throws IOException, InterruptedException {
    old = temp.resolve("old");
    OldConvoy.extractTo(old);
  }

  @Test
  void decode_blocksOfV052_haveTheContentTheyAreNamedAfter() throws IOException {
    List<Path> blocks = find(".blk");

    assertThat(blocks).isNotEmpty();
    for (Path block : blocks) {
      byte[] content = Codec.decode(Files.readAllBytes(block), BLOCK_BYTES);

      assertThat(BlockNaming.SHA_512_64.name(ByteBuffer.wrap(content)) + ".blk")
          .isEqualTo(block.getFileName().toString());
    }
  }

  @Test
  void restoreGzip_backupOfV052_givesTheFilesBack() throws IOException {
    List<Path> backups =
        find(".bak").stream().filter(file -> file.toString().contains("/filevol/")).toList();
    assertThat(backups).hasSize(1);
    Path target = Files.createDirectory(temp.resolve("target"));

    try (InputStream in = Files.newInputStream(backups.get(0))) {
      new TreeArchive(new ProcessCommandRunner()).restoreGzip(in, target);
    }

    try (Stream<Path> files = Files.walk(target)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .contains("hello.txt", "hard", "sparse");
    }
  }

  private List<Path> find(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(old)) {
      return files.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }
}
