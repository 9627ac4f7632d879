package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.NotFoundException;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts, each with its root, that share one storage. */
final class SeveralHostsTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final String LEASE = "2s";

  @TempDir Path directory;
  private VfsHarness first;
  private VfsHarness second;

  @BeforeEach
  void setUp() throws IOException {
    first = host("host-1");
    second = host("host-2");
    first.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
  }

  @AfterEach
  void tearDown() throws IOException {
    first.close();
    second.close();
  }

  private VfsHarness host(String id) throws IOException {
    return new VfsHarness(
        directory.resolve("root-" + id),
        directory.resolve("volumes"),
        id,
        Map.of("vfs.lease", LEASE));
  }

  private Path note(String host) throws IOException {
    UUID uuid = first.driver().get(VOL1).orElseThrow().uuid();
    return first.work().resolve("mounts").resolve(uuid + "-" + host + ".json");
  }

  private List<Path> notes() throws IOException {
    try (var files = Files.list(first.work().resolve("mounts"))) {
      return files.toList();
    }
  }

  private void assertRefused(DeleteMode mode, String... words) {
    assertThatThrownBy(() -> first.driver().delete(VOL1, mode))
        .isInstanceOf(InUseException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void delete_mountedOnAnotherHost_isRefusedInBothModesUntilItIsUnmounted() throws IOException {
    second.driver().mount(VOL1, Optional.empty());

    assertThat(note("host-2")).exists();
    String since = Files.readString(note("host-2")).replaceAll(".*MountedTime\":\"|\".*", "");
    assertRefused(DeleteMode.DATA, "host-2", "since " + since, "--force");
    assertRefused(DeleteMode.REFERENCE, "host-2", "since " + since, "--force");
    assertThat(first.driver().get(VOL1)).isPresent();

    second.driver().unmount(VOL1);
    assertThat(notes()).isEmpty();
    first.driver().delete(VOL1, DeleteMode.DATA);
    assertThat(second.driver().get(VOL1)).isEmpty();
  }

  @Test
  void delete_mountedHere_leavesNoNote() throws IOException {
    first.driver().mount(VOL1, Optional.empty());
    second.driver().mount(VOL1, Optional.empty());
    assertThat(notes()).hasSize(2);

    second.driver().unmount(VOL1);
    // What this host has mounted is for Convoy to know.
    first.driver().delete(VOL1, DeleteMode.DATA);

    assertThat(notes()).isEmpty();
  }

  @Test
  void delete_forgottenByForce_isDone() throws IOException {
    second.driver().mount(VOL1, Optional.empty());
    assertRefused(DeleteMode.DATA, "host-2");

    first.driver().otherHosts().orElseThrow().forget(VOL1);
    first.driver().delete(VOL1, DeleteMode.DATA);

    assertThatThrownBy(() -> first.driver().otherHosts().orElseThrow().forget(VOL1))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> second.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(NotFoundException.class);
    second.driver().unmount(VOL1);
    assertThat(notes()).isEmpty();
  }

  /** A host that died leaves this; nobody writes to its sign of life any more. */
  private void leaveNoteOfDeadHost() throws IOException {
    second.driver().mount(VOL1, Optional.empty());
    String note = Files.readString(note("host-2")).replace("host-2", "host-3");
    Path sign = first.work().resolve("hosts");
    Files.writeString(
        sign.resolve("host-3.json"),
        Files.readString(sign.resolve("host-2.json")).replace("host-2", "host-3"));
    Files.writeString(note("host-3"), note);
    second.driver().unmount(VOL1);
  }

  @Test
  void delete_noSignOfLifeForALease_isDone() throws IOException {
    leaveNoteOfDeadHost();
    assertRefused(DeleteMode.DATA, "host-3");

    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(300))
        .ignoreExceptionsInstanceOf(InUseException.class)
        .untilAsserted(() -> first.driver().delete(VOL1, DeleteMode.DATA));

    assertThat(notes()).isEmpty();
  }

  @Test
  void delete_onlyJustInContact_countsSilenceOnlyFromThen() throws Exception {
    leaveNoteOfDeadHost();
    Thread.sleep(3000);

    first.reopen();

    assertRefused(DeleteMode.DATA, "host-3", "counts as gone if it gives no sign of life");
  }

  @Test
  void delete_hostLivesLongerThanItsLease_isStillRefused() throws Exception {
    second.driver().mount(VOL1, Optional.empty());

    Thread.sleep(5000);

    assertRefused(DeleteMode.DATA, "host-2");
  }

  @Test
  void delete_hostWasStoppedWithItsMounts_isRefusedPastTheLease() throws Exception {
    second.driver().mount(VOL1, Optional.empty());
    second.close();

    Thread.sleep(3000);

    assertRefused(DeleteMode.DATA, "host-2", "its Convoy was stopped");
    second.reopen();
    second.driver().unmount(VOL1);
    first.driver().delete(VOL1, DeleteMode.DATA);
  }

  @Test
  void open_mountedInAnEarlierRunOfTheKernel_isMountedNoMore() throws IOException {
    second.driver().mount(VOL1, Optional.empty());
    second.close();
    String note = Files.readString(note("host-2"));
    Files.writeString(note("host-2"), note.replaceAll("BootId\":\"[^\"]*", "BootId\":\"another"));

    second.reopen();

    assertThat(notes()).isEmpty();
  }

  @Test
  void open_killedWithMounts_stillHasThem() throws IOException {
    second.driver().mount(VOL1, Optional.empty());
    try (VfsHarness again = host("host-2")) {
      assertRefused(DeleteMode.DATA, "host-2");
      again.driver().unmount(VOL1);
      assertThat(note("host-2")).doesNotExist();
    }
  }

  @Test
  void delete_noteCannotBeRead_isAnError() throws IOException {
    Files.writeString(note("host-9"), "{");

    assertThatThrownBy(() -> first.driver().delete(VOL1, DeleteMode.DATA))
        .hasMessageContaining("host-9.json");
    assertThat(first.driver().get(VOL1)).isPresent();
  }

  @Test
  void renew_noteTakenAwayWhileAlive_isWrittenAgain() throws IOException {
    second.driver().mount(VOL1, Optional.empty());
    Files.delete(note("host-2"));

    await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(note("host-2")));
  }
}
