package io.convoy.cli;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Extent;
import io.convoy.core.FileBlockTarget;
import io.convoy.core.SparseFiles;
import io.convoy.core.ThisHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backs up and restores image files, with no daemon. */
class ImageTest {
  private static final int SIZE_BYTES = 9_000_001;

  @TempDir private Path temp;
  private Path image;
  private String destination;

  @BeforeEach
  void make() throws IOException {
    byte[] content = new byte[SIZE_BYTES];
    new Random(1).nextBytes(content);
    image = Files.write(temp.resolve("disk.img"), content);
    destination = "vfs://" + Files.createDirectory(temp.resolve("backups"));
  }

  private static Run run(String... arguments) {
    return Run.of(Map.of(), List.of(arguments));
  }

  private String create(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "backup",
                "create",
                "--image",
                image.toString(),
                "--volume",
                "vol1",
                "--dest",
                destination));
    arguments.addAll(List.of(more));
    Run run = Run.of(Map.of(), arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run.out().strip();
  }

  /** Else one container would take the living process 7 of another for a dead one of its own. */
  @Test
  void hostId_tellsApartNamespacesOfProcessNumbers() throws IOException {
    assertThat(Image.hostId()).isEqualTo(ThisHost.name() + "/" + ThisHost.processNumbers());
  }

  @Test
  void createAndRestore_twoBackups_giveTheFileBackAsItWas() throws IOException {
    String first = create();
    byte[] before = Files.readAllBytes(image);
    byte[] after = before.clone();
    after[5_000_000] ^= 1;
    Files.write(image, after);
    Path extents = Files.writeString(temp.resolve("changed"), "4999000 2000\n\n");

    String second = create("--changed-extents", extents.toString());

    Path restored = temp.resolve("restored.img");
    assertThat(run("backup", "restore", first, "--image", restored.toString()).status()).isZero();
    assertThat(restored).hasBinaryContent(before);
    Run refused = run("backup", "restore", second, "--image", restored.toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("exists already");
    assertThat(restored).hasBinaryContent(before);
    assertThat(run("backup", "restore", second, "--image", restored.toString(), "--force").status())
        .isZero();
    assertThat(restored).hasBinaryContent(after);
    try (var files = Files.list(temp)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".tmp-"));
    }
  }

  @Test
  void prepare_moreThanThereIsRoomFor_isRefusedAndLeavesNothing() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("small"));
    long tooMuch = Files.getFileStore(folder).getTotalSpace() + 1;
    try (FileBlockTarget target =
        FileBlockTarget.create(folder.resolve("big.img"), tooMuch, false)) {
      assertThatThrownBy(() -> target.prepare(List.of(new Extent(0, tooMuch))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("There is no room for " + folder.resolve("big.img"))
          .hasMessageContaining("needs %s bytes", tooMuch);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void restore_sparseImage_takesNoMoreRoomThanItsData() throws IOException {
    long mib = 1 << 20;
    try (FileChannel file = FileChannel.open(image, WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1}), 512 * mib - 1);
    }
    Path restored = temp.resolve("restored.img");

    assertThat(run("backup", "restore", create(), "--image", restored.toString()).status())
        .isZero();

    assertThat(Files.mismatch(image, restored)).isEqualTo(-1);
    long allocated =
        SparseFiles.find().orElseThrow().dataExtents(restored).orElseThrow().stream()
            .mapToLong(Extent::lengthBytes)
            .sum();
    assertThat(allocated).isLessThan(16 * mib);
  }

  @Test
  void create_whatCantBeMeant_isMisuse() throws IOException {
    Path extents = Files.writeString(temp.resolve("changed"), "one two\n");
    for (List<String> more :
        List.of(
            List.of("--image", image.toString()),
            List.of("--volume", "vol1", "--dest", destination),
            List.of("--image", image.toString(), "--volume", "vol1"),
            List.of("snap1", "--image", "x", "--volume", "vol1", "--dest", destination),
            List.of(
                "--image",
                image.toString(),
                "--volume",
                "vol1",
                "--dest",
                destination,
                "--changed-extents",
                extents.toString()))) {
      List<String> arguments = new ArrayList<>(List.of("backup", "create"));
      arguments.addAll(more);
      assertThat(Run.of(Map.of(), arguments).status()).as(more.toString()).isEqualTo(2);
    }
    assertThat(run("backup", "restore", "vfs:///x?backup=b1&volume=vol1").status()).isEqualTo(2);
  }
}
