package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.Finding;
import io.convoy.core.InUseException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.ebs.testing.Programs;
import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** What happens when a driver starts, on an instance that has a past or beside other instances. */
final class EbsHostsIT extends OnInstances {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @Test
  void start_frozenByAnEarlierRun_thaws() throws Exception {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    Path place = host.driver().mount(VOL1, Optional.empty());
    String id = account.volumes().get(0).id();
    ProcessCommandRunner commands = new ProcessCommandRunner();
    new FrozenMounts(host.root(), commands).freeze(id, place);
    // All of Convoy's processes are killed at once, as systemd does it.
    for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
      if (child.info().commandLine().orElse("").contains(place.toString())) {
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        child.destroyForcibly();
        child.onExit().get(10, TimeUnit.SECONDS);
      }
    }
    Process writer = new ProcessBuilder("touch", place.resolve("hangs").toString()).start();
    assertThat(writer.waitFor(1, TimeUnit.SECONDS)).as("written while frozen").isFalse();

    host.reopen();

    assertThat(writer.waitFor(10, TimeUnit.SECONDS)).as("written when thawed").isTrue();
    assertThat(place.resolve("hangs")).exists();
    assertThat(host.root().resolve("frozen")).isEmptyDirectory();
    host.driver().unmount(VOL1);
  }

  @Test
  void start_killedWhileAVolumeWasFilled_deletesIt() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    VolumeFiller killed =
        target -> {
          // Nothing is undone, as when the process is gone.
          throw new AssertionError("killed");
        };
    assertThatThrownBy(
            () -> host.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.of(killed)))
        .isInstanceOf(AssertionError.class);
    assertThat(account.volumes().get(0).attachedTo()).contains("i-00000000000000001");

    host.reopen();

    assertThat(account.volumes()).isEmpty();
    assertThat(host.driver().list((name, problem) -> {})).isEmpty();
    assertThat(host.root().resolve("creating")).isEmptyDirectory();
    assertThat(host.root().resolve("attached")).isEmptyDirectory();
  }

  @Test
  void start_leftAttachedAndNotMounted_detaches() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    Path place = host.driver().mount(VOL1, Optional.empty());
    host.reopen();
    assertThat(account.volumes().get(0).attachedTo()).contains("i-00000000000000001");
    Programs.run("umount", place.toString());

    host.reopen();

    assertThat(account.volumes().get(0).attachedTo()).isEmpty();
  }

  @Test
  void takeover_instanceRunningOrStopped_isRefusedOrDone() throws IOException {
    EbsHarness first = hosts.start("i-00000000000000001");
    EbsHarness second = hosts.start("i-00000000000000002");
    create(first, VolumeSpec.of(VOL1));
    first.write(VOL1, "before the crash");
    first.driver().mount(VOL1, Optional.empty());
    second.reopen();
    assertThatThrownBy(() -> second.driver().takeover().orElseThrow().takeOver(VOL1))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("i-00000000000000001")
        .hasMessageContaining("running");
    assertThat(account.volumes().get(0).attachedTo()).contains("i-00000000000000001");
    // A machine that is off has nothing mounted.
    first.driver().unmount(VOL1);
    Ec2 ec2 = Ec2.open(TestAccount.REGION, first.connection(), EbsHarness.FAST);
    ec2.attach(account.volumes().get(0).id(), first.instance().id(), "/dev/sdf");
    ec2.close();
    account.setInstanceState("i-00000000000000001", "stopped");
    second.reopen();
    assertThat(second.driver().examination().orElseThrow().examine())
        .extracting(Finding::remedy)
        .contains("convoy mount --force vol1");
    assertThatThrownBy(() -> second.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("convoy mount --force vol1");

    second.driver().takeover().orElseThrow().takeOver(VOL1);

    assertThat(second.read(VOL1)).isEqualTo("before the crash");
    second.driver().takeover().orElseThrow().takeOver(VOL1);
  }

  @Test
  void examine_volumesInNoRecord_areListed() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    String kept = account.volumes().get(0).id();
    host.driver().delete(VOL1, DeleteMode.REFERENCE);
    account.advance(Duration.ofHours(-2));
    String halfMade =
        account.addVolume(
            Map.of(
                Tags.VOLUME_UUID,
                UUID.randomUUID().toString(),
                Tags.VOLUME_NAME,
                "restored",
                Tags.STATE,
                Tags.UNFINISHED));
    account.advance(Duration.ofHours(2));
    String stranger = account.addVolume(Map.of("Name", "not Convoy's"));
    create(host, VolumeSpec.of(VOL2));
    host.reopen();

    List<Finding> findings = host.driver().examination().orElseThrow().examine();

    assertThat(findings).extracting(Finding::what).hasSize(2);
    assertThat(findings.get(0).what()).contains(halfMade).contains("'restored'");
    assertThat(findings.get(0).remedy()).contains("aws ec2 delete-volume --volume-id " + halfMade);
    assertThat(findings.get(1).what()).contains(kept).contains("'vol1'");
    assertThat(findings.toString()).doesNotContain(stranger);
  }

  @Test
  void start_recordsOfOldConvoy_areTakenOverOnce() throws IOException {
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    // One volume that it could tag, as it did, and one that it could not.
    String tagged = account.addVolume(Map.of("Name", "old1", Tags.VOLUME_UUID, "old1"));
    String plain = account.addVolume(Map.of());
    Ec2 ec2 = Ec2.open(TestAccount.REGION, host.connection(), EbsHarness.FAST);
    String snapshot = ec2.createSnapshot(plain, "Convoy snapshot", Map.of()).id();
    format(ec2, host, plain);
    Path place = host.root().resolve("mounts/old2");
    Files.createDirectories(host.root());
    Files.writeString(
        host.root().resolve("ebs_volume_old1.json"),
        """
        {"Name":"old1","EBSID":"%s","Device":"/dev/xvdf","MountPoint":"","Snapshots":{}}"""
            .formatted(tagged));
    Files.writeString(
        host.root().resolve("ebs_volume_old2.json"),
        """
        {"Name":"old2","EBSID":"%s","Device":"/dev/xvdg","MountPoint":"%s",\
        "Snapshots":{"snap1":{"Name":"snap1","VolumeName":"old2","EBSID":"%s"}}}"""
            .formatted(plain, place, snapshot));
    Files.writeString(
        host.root().resolve("ebs_volume_gone.json"),
        """
        {"Name":"gone","EBSID":"vol-00000000","Device":"","MountPoint":"","Snapshots":{}}""");
    Files.writeString(host.root().resolve("ebs_volume_cut.json"), "{\"Name\":\"cu");

    host.start();

    VolumeName old2 = new VolumeName("old2");
    assertThat(host.driver().list((name, problem) -> {}))
        .extracting(volume -> volume.name().value())
        .containsExactly("old1", "old2");
    Volume taken = host.driver().get(old2).orElseThrow();
    assertThat(taken.details()).containsEntry("MountPoint", place.toString());
    assertThat(taken.snapshots()).extracting(Snapshot::name).containsExactly(SNAP1);
    assertThat(host.read(old2)).isEqualTo("of old");
    host.driver().unmount(old2);
    host.driver().delete(old2, DeleteMode.REFERENCE);
    host.reopen();
    assertThat(host.driver().get(old2)).isEmpty();
    assertThat(host.root().resolve("ebs_volume_old2.json")).exists();
    ec2.close();
  }

  /** Puts a file system with a text on a volume, as Convoy v0.5.2 did. */
  private static void format(Ec2 ec2, EbsHarness host, String id) throws IOException {
    ec2.attach(id, host.instance().id(), "/dev/sdp");
    String node = host.instance().machine().node(id).orElseThrow().toString();
    Path tree = Files.createDirectories(host.root().resolve("tree"));
    Files.writeString(tree.resolve("text"), "of old");
    Programs.run("mkfs.ext4", "-q", "-d", tree.toString(), node);
    Programs.run("sync", node);
    ec2.detach(id, host.instance().id());
  }

  @Test
  void volume_followsTheContainer_fromHostToHost() throws IOException {
    EbsHarness first = hosts.start("i-00000000000000001");
    EbsHarness second = hosts.start("i-00000000000000002");
    EbsHarness far = hosts.add("i-00000000000000003", "us-east-1b", true, EbsHarness.FAST);
    create(first, VolumeSpec.of(VOL1));
    first.write(VOL1, "from the first");
    far.start();

    second.reopen();
    assertThat(second.read(VOL1)).isEqualTo("from the first");
    second.driver().mount(VOL1, Optional.empty());
    assertThatThrownBy(() -> first.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("i-00000000000000002")
        .hasMessageContaining("running");
    account.setInstanceState("i-00000000000000002", "stopped");
    assertThatThrownBy(() -> first.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("stopped");
    assertThatThrownBy(() -> far.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("zone us-east-1a");
    first.reopen();
    assertThatThrownBy(() -> first.driver().delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(InUseException.class);
    second.driver().unmount(VOL1);
    assertThat(first.read(VOL1)).isEqualTo("from the first");
  }

  @Test
  void start_wrongCredentials_saysSo() throws IOException {
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    Connection right = host.connection();
    Connection wrong =
        new Connection(
            right.endpoint(),
            right.metadata(),
            Optional.of(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(TestAccount.ACCESS_KEY, "another secret"))));

    try (Ec2 ec2 = Ec2.open(TestAccount.REGION, wrong, EbsHarness.FAST)) {
      assertThatThrownBy(() -> ec2.volumesWithTag(Tags.VOLUME_UUID))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the credentials are wrong (401)");
    }
  }
}
