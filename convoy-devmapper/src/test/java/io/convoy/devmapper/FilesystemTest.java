package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.process.RunningCommand;
import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long BYTES = 1L << 30;

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    Environment.require(
        Files.isExecutable(Path.of("/sbin/mkfs.ext4")), "needs mkfs.ext4: install e2fsprogs");
    image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(BYTES);
    }
  }

  /** Returns how many parts of the file system have inode tables that nobody need clear. */
  private long clearedTables() throws IOException {
    return commands
        .run(List.of("dumpe2fs", image.toString()), LIMIT)
        .lines()
        .filter(line -> line.startsWith("Group ") && line.contains("ITABLE_ZEROED"))
        .count();
  }

  @Test
  void make_ext4OnZeros_leavesNothingToClear() throws IOException {
    Filesystem.EXT4.make(commands, image, true);

    assertThat(Filesystem.probe(commands, image)).contains("ext4");
    assertThat(clearedTables()).isPositive();
  }

  @Test
  void make_ext4OnWhatMayHoldSomething_hasItCleared() throws IOException {
    Filesystem.EXT4.make(commands, image, false);

    assertThat(Filesystem.probe(commands, image)).contains("ext4");
    assertThat(clearedTables()).isZero();
  }

  @Test
  void make_mkfsThatDoesNotKnowTheOption_isAskedWithoutIt() throws IOException {
    Path old = directory.resolve("mkfs.ext4");
    Files.writeString(
        old,
        """
        #!/bin/sh
        case "$*" in
          *assume_storage_prezeroed*)
            echo "Bad option(s) specified: assume_storage_prezeroed" >&2
            exit 1 ;;
        esac
        exec /sbin/mkfs.ext4 "$@"
        """);
    assertThat(old.toFile().setExecutable(true)).isTrue();

    Filesystem.EXT4.make(new Instead("mkfs.ext4", old), image, true);

    assertThat(Filesystem.probe(commands, image)).contains("ext4");
    assertThat(clearedTables()).isZero();
  }

  /** Runs one program instead of another, and all others as they are. */
  private record Instead(String name, Path program) implements CommandRunner {
    private static final CommandRunner REAL = new ProcessCommandRunner();

    @Override
    public String run(List<String> argv, Duration limit) throws IOException {
      return REAL.run(replaced(argv), limit);
    }

    @Override
    public RunningCommand start(List<String> argv) throws IOException {
      return REAL.start(replaced(argv));
    }

    private List<String> replaced(List<String> argv) {
      List<String> words = new ArrayList<>(argv);
      words.replaceAll(word -> word.equals(name) ? program.toString() : word);
      return words;
    }
  }
}
