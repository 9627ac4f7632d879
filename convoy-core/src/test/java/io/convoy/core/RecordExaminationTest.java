package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Finding.Severity;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.InMemoryVolumeDriver;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import io.convoy.core.testing.SecondMemoryDriverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records and volumes that do not go together are found, and what is said mends it. */
final class RecordExaminationTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final String FIRST = InMemoryVolumeDriverFactory.NAME;
  private static final String SECOND = SecondMemoryDriverFactory.NAME;

  @TempDir private Path root;
  private Convoy convoy;

  @BeforeEach
  void open() throws IOException {
    open(FIRST, SECOND);
  }

  private void open(String... drivers) throws IOException {
    convoy =
        Convoy.open(
            new ConvoyConfig(
                root,
                List.of(drivers),
                Map.of(),
                new ProcessCommandRunner(),
                BackupOptions.DEFAULT));
  }

  @AfterEach
  void close() throws IOException {
    convoy.close();
  }

  private void create(String driver) throws IOException {
    convoy.create(VolumeSpec.of(VOL1), Optional.of(driver), Progress.NONE);
  }

  private InMemoryVolumeDriver driver() {
    return InMemoryVolumeDriverFactory.openUnder(root);
  }

  private Path record() {
    return root.resolve("volumes/vol1.json");
  }

  private Finding onlyFinding() {
    List<Finding> findings = convoy.examine();
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  @Test
  void examine_volumeIsGone_repairRemovesItsRecord() throws IOException {
    create(FIRST);
    assertThat(convoy.examine()).isEmpty();
    driver().lose(VOL1);

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.NOTE,
                "Volume 'vol1': there is a record of it, but driver 'memory' no longer has it",
                "convoy doctor --repair"));
    assertThat(convoy.repair())
        .containsExactly(
            "Volume 'vol1': its record is removed, as driver 'memory' no longer has it");

    assertThat(convoy.examine()).isEmpty();
    assertThat(convoy.repair()).isEmpty();
    assertThat(record()).doesNotExist();
  }

  @Test
  void examine_mountedVolumeIsGone_unmountAndRepairMendIt() throws IOException {
    create(FIRST);
    convoy.mount(VOL1, MountRequest.docker("id1"));
    driver().lose(VOL1);

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.ERROR,
                "Volume 'vol1': it is mounted, but driver 'memory' no longer has it",
                "stop what uses it, then: convoy umount --force vol1; convoy doctor --repair"));
    assertThat(convoy.info().problems())
        .containsExactly("Volume 'vol1': it is mounted, but driver 'memory' no longer has it");
    assertThat(convoy.repair()).isEmpty();
    assertThat(record()).exists();
    close();
    open();
    assertThat(onlyFinding().severity()).isEqualTo(Severity.ERROR);

    convoy.unmountForAll(VOL1);
    assertThat(convoy.repair()).hasSize(1);

    assertThat(convoy.examine()).isEmpty();
    assertThat(record()).doesNotExist();
  }

  @Test
  void repair_driverCanNotSay_keepsTheRecord() throws IOException {
    create(FIRST);
    driver().lose(VOL1);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("get")) {
                throw new IOException("the API says 503");
              }
            });

    assertThat(convoy.examine()).isEmpty();
    assertThat(convoy.repair()).isEmpty();
    assertThat(record()).exists();
  }

  @Test
  void examine_driverIsNotEnabled_enablingItMendsIt() throws IOException {
    create(SECOND);
    close();
    open(FIRST);

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.ERROR,
                "Volume 'vol1': its driver 'memory2' is not enabled",
                "restart the daemon with --drivers memory2, too; to give the volume up here, stop the daemon and: rm "
                    + record()));
    assertThat(convoy.repair()).isEmpty();
    close();
    open();
    assertThat(convoy.examine()).isEmpty();
    assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.READY);
    close();
    Files.delete(record());
    open(FIRST);
    assertThat(convoy.examine()).isEmpty();
  }

  @Test
  void examine_whileAVolumeIsMadeAndDeleted_findsNothing() throws IOException {
    List<Finding> findings = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    driver()
        .setHook(
            (step, volume) -> {
              if (step.startsWith("create") || step.startsWith("delete")) {
                steps.add(step);
                findings.addAll(convoy.examine());
                assertThat(convoy.repair()).isEmpty();
              }
            });

    create(FIRST);
    convoy.delete(VOL1, DeleteMode.DATA);

    assertThat(steps).containsExactly("create", "created", "delete", "deleted");
    assertThat(findings).isEmpty();
  }

  @Test
  void examine_deletionWasCutOff_deletingAgainMendsIt() throws IOException {
    create(FIRST);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("delete")) {
                throw new AssertionError("stands for anything that nobody catches");
              }
            });
    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(AssertionError.class);
    driver().setHook((step, volume) -> {});

    assertThat(onlyFinding())
        .isEqualTo(
            new Finding(
                Severity.WARNING,
                "Volume 'vol1': its deletion was begun, and is not finished",
                "convoy delete vol1"));
    convoy.delete(VOL1, DeleteMode.DATA);

    assertThat(convoy.examine()).isEmpty();
    assertThat(record()).doesNotExist();
  }

  @Test
  void examine_creationWasCutOff_restartingMendsIt() throws IOException {
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("create")) {
                throw new AssertionError("stands for anything that nobody catches");
              }
            });
    assertThatThrownBy(() -> create(FIRST)).isInstanceOf(AssertionError.class);
    driver().setHook((step, volume) -> {});

    assertThat(onlyFinding().what()).isEqualTo("Volume 'vol1': its creation was cut off");
    assertThat(onlyFinding().remedy()).isEqualTo("restart the daemon, which finishes or undoes it");
    close();
    open();

    assertThat(convoy.examine()).isEmpty();
  }
}
