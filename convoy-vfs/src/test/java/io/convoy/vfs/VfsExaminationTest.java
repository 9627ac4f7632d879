package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.convoy.core.DeleteMode;
import io.convoy.core.Examination;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import io.convoy.core.InUseException;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real damage is found, and what is said to mend it does. */
final class VfsExaminationTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final String REPAIR = "convoy doctor --repair";

  private final CommandRunner commands = new ProcessCommandRunner();
  @TempDir Path directory;
  private VfsHarness host;

  @BeforeEach
  void setUp() throws IOException {
    host = host("host-1");
    host.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
    host.write(VOL1, "text");
    host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    assertThat(examination().examine()).isEmpty();
    assertThat(examination().repair()).isEmpty();
  }

  @AfterEach
  void tearDown() throws IOException {
    host.close();
  }

  private VfsHarness host(String id) throws IOException {
    return new VfsHarness(
        directory.resolve("root-" + id),
        directory.resolve("volumes"),
        id,
        Map.of("vfs.lease", "2s"));
  }

  private Examination examination() {
    return host.driver().examination().orElseThrow();
  }

  private Finding onlyFinding() throws IOException {
    List<Finding> findings = examination().examine();
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  private Path volume() {
    return host.path().resolve("vol1");
  }

  private UUID volumeId() throws IOException {
    return host.driver().get(VOL1).orElseThrow().uuid();
  }

  private Path snapshots() throws IOException {
    return host.work().resolve("snapshots").resolve(volumeId().toString());
  }

  private Path snapshot() throws IOException {
    return snapshots()
        .resolve(host.driver().get(VOL1).orElseThrow().snapshots().get(0).uuid().toString());
  }

  /** Types what the remedy says after its condition. */
  private void type(String remedy) throws IOException {
    commands.run(
        List.of("sh", "-euc", remedy.replaceFirst(".*: (?=rm )", "")), Duration.ofSeconds(20));
  }

  private static void makeOld(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
  }

  @Test
  void examine_directoryIsMissing_deletingTheVolumeMendsIt() throws IOException {
    type("rm -r " + volume());

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.ERROR,
                "Volume 'vol1': its directory %s is missing".formatted(volume()),
                "restore its last backup under another name; to give it up with its snapshots: convoy delete vol1"));
    assertThat(examination().repair()).isEmpty();
    host.driver().delete(VOL1, DeleteMode.DATA);

    assertThat(examination().examine()).isEmpty();
    assertThat(host.work().resolve("snapshots")).isEmptyDirectory();
  }

  @Test
  void examine_snapshotIsMissing_deletingItMendsIt() throws IOException {
    Path snapshot = snapshot();
    type("rm -r " + snapshot);

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.ERROR,
                "Snapshot 'snap1' of volume 'vol1': its directory %s is missing"
                    .formatted(snapshot),
                "convoy snapshot delete snap1"));
    assertThat(examination().repair()).isEmpty();
    host.driver().snapshots().orElseThrow().delete(VOL1, SNAP1);

    assertThat(examination().examine()).isEmpty();
    assertThat(host.read(VOL1)).isEqualTo("text");
  }

  @Test
  void examine_snapshotIsInNoRecord_isToldAndKeptUntilSomebodyRemovesIt() throws IOException {
    Path stray = snapshots().resolve(UUID.randomUUID().toString());
    Files.writeString(Files.createDirectory(stray).resolve("file"), "precious");

    Finding finding = onlyFinding();

    assertThat(finding)
        .isEqualTo(
            new Finding(
                Severity.WARNING,
                "Snapshot directory %s is named by no record".formatted(stray),
                "if nobody needs what is in it: rm -r " + stray));
    assertThat(examination().repair()).isEmpty();
    host.reopen();
    assertThat(stray.resolve("file")).hasContent("precious");
    type(finding.remedy());
    assertThat(examination().examine()).isEmpty();
    assertThat(snapshot()).isDirectory();
  }

  @Test
  void examine_snapshotOfAVolumeDeletedByReference_isNoStray() throws IOException {
    host.driver().delete(VOL1, DeleteMode.REFERENCE);

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.NOTE,
                "1 directory in %s is no volume now, as after a deletion by reference: vol1"
                    .formatted(host.path()),
                "to have one as a volume, with its files: convoy create vol1"));
    host.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());

    assertThat(examination().examine()).isEmpty();
    assertThat(host.read(VOL1)).isEqualTo("text");
  }

  @Test
  void examine_recordCanNotBeRead_callsNothingUnknown() throws IOException {
    Files.createDirectory(snapshots().resolve(UUID.randomUUID().toString()));
    Files.writeString(host.path().resolve("config/vfs_volume_vol1.json"), "{");

    assertThat(examination().examine()).isEmpty();
    List<String> problems = new ArrayList<>();
    host.driver().list((name, problem) -> problems.add(name + problem));
    assertThat(problems).hasSize(1).first().asString().startsWith("vol1its record can't be used");
  }

  @Test
  void examine_deletionWasCutOff_repairEndsIt() throws IOException {
    Path deleting = host.work().resolve("deleting-host-1-" + volumeId() + ".json");
    Files.move(host.path().resolve("config/vfs_volume_vol1.json"), deleting);

    assertThat(examination().examine())
        .contains(
            new Finding(
                Severity.WARNING,
                "%s is of work that was cut off: the deletion of a volume, 'vol1'"
                    .formatted(deleting),
                REPAIR + ", or what the daemon's log then says"));
    assertThat(examination().repair()).containsExactly(deleting + ": left behind, and dealt with");

    assertThat(examination().examine()).isEmpty();
    assertThat(volume()).doesNotExist();
    assertThat(host.work().resolve("snapshots")).isEmptyDirectory();
  }

  @Test
  void examine_restoreWasCutOff_repairUndoesItAndTouchesNothingElse() throws IOException {
    UUID uuid = UUID.randomUUID();
    Path staging = Files.createDirectory(host.work().resolve("restoring-host-1-" + uuid));
    Files.writeString(staging.resolve("half"), "ha");
    Path intent =
        Files.writeString(
            host.work().resolve("restoring-host-1-" + uuid + ".json"),
            "{\"Name\":\"vol2\",\"UUID\":\"%s\",\"Inode\":1}".formatted(uuid));

    assertThat(examination().examine())
        .extracting(Finding::what)
        .containsExactlyInAnyOrder(
            staging + " is of work that was cut off: the restore of a volume",
            intent + " is of work that was cut off: the restore of a volume, 'vol2'");
    assertThat(examination().repair()).isNotEmpty();

    assertThat(examination().examine()).isEmpty();
    assertThat(staging).doesNotExist();
    assertThat(host.read(VOL1)).isEqualTo("text");
    assertThat(snapshot()).isDirectory();
  }

  @Test
  void examine_whileARestoreGoesOn_findsNothingAndRepairLeavesIt() throws IOException {
    List<Finding> findings = new ArrayList<>();
    VolumeName restored = new VolumeName("vol2");

    host.driver()
        .create(
            VolumeSpec.of(restored),
            UUID.randomUUID(),
            Optional.of(
                target -> {
                  host.filler("restored").fill(target);
                  findings.addAll(examination().examine());
                  assertThat(examination().repair()).isEmpty();
                }));

    assertThat(findings).isEmpty();
    assertThat(host.read(restored)).isEqualTo("restored");
  }

  @Test
  void examine_workOfAHostThatIsGone_isToldAndKeptUntilSomebodyRemovesIt() throws IOException {
    UUID uuid = UUID.randomUUID();
    Path young =
        Files.createDirectory(host.work().resolve("restoring-host-3-" + UUID.randomUUID()));
    Path staging = Files.createDirectory(host.work().resolve("deleting-host-2-" + uuid));
    Files.writeString(staging.resolve("file"), "text");
    Path intent =
        Files.writeString(
            host.work().resolve("deleting-host-2-" + uuid + ".json"), "{\"Name\":\"vol2\"}");
    makeOld(intent);
    Instant begun = Files.getLastModifiedTime(intent).toInstant().truncatedTo(ChronoUnit.SECONDS);

    Finding finding = onlyFinding();

    assertThat(finding)
        .isEqualTo(
            new Finding(
                Severity.WARNING,
                "Host host-2 began the deletion of a volume, 'vol2' at %s, and has not ended it"
                    .formatted(begun),
                "start Convoy there, which finishes or undoes it; if that host is gone for good: rm -r %s %s"
                    .formatted(intent, staging)));
    assertThat(examination().repair()).isEmpty();
    assertThat(staging.resolve("file")).exists();
    type(finding.remedy());
    assertThat(examination().examine()).isEmpty();
    assertThat(young).exists();
  }

  @Test
  void examine_oldTemporaryFiles_repairRemovesThem() throws IOException {
    Path young = Files.writeString(host.path().resolve("config/.tmp-young"), "{");
    Path old = Files.writeString(host.work().resolve("mounts/.tmp-old"), "{");
    makeOld(old);

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.NOTE, "1 temporary file is older than a day, such as " + old, REPAIR));
    assertThat(examination().repair())
        .containsExactly(old + ": removed, as no write takes so long");

    assertThat(examination().examine()).isEmpty();
    assertThat(young).exists();
  }

  @Test
  void examine_mountedByAHostThatDied_repairForgetsIt() throws Exception {
    Path note = host.work().resolve("mounts").resolve(volumeId() + "-host-2.json");
    try (VfsHarness second = host("host-2")) {
      second.driver().mount(VOL1, Optional.empty());
      assertThat(examination().examine()).isEmpty();
      assertThat(examination().repair()).isEmpty();
      assertThat(note).exists();
      assertThatThrownBy(() -> host.driver().delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(InUseException.class);
      Files.copy(note, directory.resolve("note"));
      second.driver().unmount(VOL1);
    }
    // As a host leaves it that was killed.
    Files.copy(directory.resolve("note"), note);

    await().atMost(Duration.ofSeconds(20)).until(() -> !examination().examine().isEmpty());

    assertThat(onlyFinding().severity()).isEqualTo(Severity.NOTE);
    assertThat(onlyFinding().what())
        .startsWith("Volume 'vol1': host '")
        .endsWith(", but gives no sign of life");
    assertThat(onlyFinding().remedy()).isEqualTo(REPAIR);
    assertThat(examination().repair())
        .singleElement()
        .asString()
        .startsWith("Volume 'vol1' no longer counts as mounted by host '");
    assertThat(examination().examine()).isEmpty();
    assertThat(note).doesNotExist();
    host.driver().delete(VOL1, DeleteMode.DATA);
  }

  @Test
  void examine_noteOfAMountCanNotBeRead_removingItMendsIt() throws IOException {
    Path note = host.work().resolve("mounts").resolve(volumeId() + "-host-2.json");
    Files.writeString(note, "{");

    assertThat(onlyFinding().severity()).isEqualTo(Severity.WARNING);
    assertThat(onlyFinding().what()).contains(note.toString());
    assertThat(examination().repair()).isEmpty();
    Files.delete(note);

    assertThat(examination().examine()).isEmpty();
  }
}
