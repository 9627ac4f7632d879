package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.CorruptDataException;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that want out of the directory they are extracted into. */
final class HostileArchiveTest {
  private static final String LONG = "l".repeat(150);

  private final TreeArchive archive = new TreeArchive(new ProcessCommandRunner());

  @TempDir private Path temp;
  private Path target;
  private Path outside;

  @BeforeEach
  void makeDirectories() throws IOException {
    target = Files.createDirectories(temp.resolve("parent/target"));
    outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("victim"), "untouched");
  }

  @AfterEach
  void outsideIsAsItWas() throws IOException {
    assertThat(Files.readString(outside.resolve("victim"))).isEqualTo("untouched");
    assertThat(Files.getAttribute(outside.resolve("victim"), "unix:nlink")).isEqualTo(1);
    try (Stream<Path> files = Files.list(outside)) {
      assertThat(files).hasSize(1);
    }
    try (Stream<Path> files = Files.list(target.getParent())) {
      assertThat(files).containsExactly(target);
    }
  }

  @Test
  void restore_absoluteName_isRefused() throws IOException {
    refused(tar(file(outside + "/new")), "absolute");
    refused(tar(file(outside + "/" + LONG)), "absolute");
    refused(tar(file("//" + outside + "/" + LONG)), "absolute");
  }

  @Test
  void restore_parentInName_isRefused() throws IOException {
    refused(tar(file("../new")), "'..'");
    refused(tar(file("a/../../new")), "'..'");
    refused(tar(file(LONG + "/../../new")), "'..'");
    refused(tar(directory("..")), "'..'");
  }

  @Test
  void restore_hardLinkThatLeaves_isRefused() throws IOException {
    refused(tar(hardLink("new", outside + "/victim")), "absolute");
    refused(tar(hardLink("new", "../../outside/victim")), "'..'");
    refused(tar(hardLink("new", outside + "/" + LONG)), "absolute");
    refused(tar(link("out", outside.toString()), hardLink("new", "out/victim")), "'out'");
  }

  @Test
  void restore_throughASymbolicLink_isRefused() throws IOException {
    refused(tar(link("out", outside.toString()), file("out/new")), "'out'");
    refused(tar(link("out", outside.toString()), file("./out//./new")), "'out'");
    refused(tar(link("./out/", outside.toString()), file("out/victim")), "'out'");
    refused(tar(link("out", outside.toString()), file("out/" + LONG)), "'out'");
    refused(tar(link("out", outside.toString()), directory("out")), "a second time");
    refused(tar(link("out", outside + "/victim"), file("out")), "a second time");
    refused(tar(link("a", "."), link("a/out", outside.toString())), "'a'");
    refused(tar(link("in", "dir"), hardLink("in2", "in"), file("in2/new")), "'in2'");
    refused(tar(directory("d"), link("d/up", "../.."), file("d/up/new")), "'d/up'");
  }

  @Test
  void restore_unknownType_isRefused() throws IOException {
    for (char type : new char[] {'V', 'M', 'N', 'D', 'A', 'Z'}) {
      refused(tar(new Entry(new TarArchiveEntry("odd", (byte) type), "")), "unknown type");
    }
  }

  @Test
  void restore_linkWithData_isRefused() throws IOException {
    TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
    link.setLinkName("x");
    refused(tar(new Entry(link, "data")), "has data");
  }

  @Test
  void restore_headerForAllEntries_isRefused() throws IOException {
    byte[] tar = tar(new Entry(new TarArchiveEntry("g"), "18 path=../escape\n"), file("new"));
    tar[TarConstants.LF_OFFSET] = TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER;
    writeChecksum(tar);

    refused(tar, "for all its entries");
  }

  @Test
  void restore_symbolicLinksToAnywhere_areRestoredAsLinks() throws IOException {
    restore(tar(link("out", outside.toString()), link("up", "../../x"), file("plain")));

    assertThat(Files.readSymbolicLink(target.resolve("out"))).isEqualTo(outside);
    assertThat(Files.readSymbolicLink(target.resolve("up"))).hasToString("../../x");
    assertThat(Files.readString(target.resolve("plain"))).isEqualTo("evil");
  }

  @Test
  void restore_refusedEntry_isNotWrittenAndTheOnesBeforeMayBe() throws IOException {
    refused(tar(file("first"), file("../second"), file("third")), "../second");

    assertThat(target.resolve("third")).doesNotExist();
  }

  @Test
  void restore_damagedAnywhere_staysInside() throws IOException {
    byte[] sound =
        tar(
            directory("d"),
            file("d/a"),
            link("out", outside.toString()),
            file(LONG),
            hardLink("h", "d/a"));
    Random random = new Random(11);
    for (int i = 0; i < 150; i++) {
      byte[] damaged = sound.clone();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        archive.restore(new ByteArrayInputStream(damaged), Files.createTempDirectory(target, "d"));
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private void refused(byte[] tar, String because) throws IOException {
    Path into = Files.createTempDirectory(target, "into");
    assertThatThrownBy(() -> archive.restore(new ByteArrayInputStream(tar), into))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(because);
  }

  private void restore(byte[] tar) throws IOException {
    archive.restore(new ByteArrayInputStream(tar), target);
  }

  private static Entry file(String name) {
    return new Entry(new TarArchiveEntry(name, true), "evil");
  }

  private static Entry directory(String name) {
    return new Entry(new TarArchiveEntry(name + "/", true), "");
  }

  private static Entry link(String name, String to) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK, true);
    entry.setLinkName(to);
    return new Entry(entry, "");
  }

  private static Entry hardLink(String name, String to) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_LINK, true);
    entry.setLinkName(to);
    return new Entry(entry, "");
  }

  private static void writeChecksum(byte[] header) {
    int at = TarConstants.CHKSUM_OFFSET;
    Arrays.fill(header, at, at + TarConstants.CHKSUMLEN, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < TarConstants.DEFAULT_RCDSIZE; i++) {
      sum += header[i] & 0xff;
    }
    byte[] digits = "%06o\0".formatted(sum).getBytes(UTF_8);
    System.arraycopy(digits, 0, header, at, digits.length);
  }

  /** Names that are too long for the header go into a POSIX one. */
  private static byte[] tar(Entry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Entry entry : entries) {
        byte[] data = entry.data.getBytes(UTF_8);
        entry.header.setSize(data.length);
        tar.putArchiveEntry(entry.header);
        tar.write(data);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private record Entry(TarArchiveEntry header, String data) {}
}
