package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.ebs.testing.Delays;
import io.convoy.ebs.testing.Fault;
import io.convoy.ebs.testing.Programs;
import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the driver does on one instance. */
final class EbsLifeIT extends OnInstances {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  private static VolumeSpec adoption(VolumeName name, String id) {
    return new VolumeSpec(
        name,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.of(id),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        false,
        false);
  }

  @Test
  void mount_strangerOfEqualSizeComesUpMeanwhile_takesTheRightDevice() throws IOException {
    for (boolean nitro : new boolean[] {true, false}) {
      EbsHarness host =
          hosts.add(
              nitro ? "i-00000000000000001" : "i-00000000000000002",
              TestAccount.ZONE,
              nitro,
              EbsHarness.FAST);
      host.start();
      account.setDelays(Delays.all(Duration.ofMillis(200)).withLag(Duration.ZERO));
      Path image = directory.resolve("stranger-" + nitro);
      Programs.run("truncate", "-s", "1G", image.toString());
      VolumeName name = new VolumeName(nitro ? "nitro" : "xen");
      create(host, VolumeSpec.of(name));
      // It comes up while the volume is on its way, and takes the first device that is free.
      CompletableFuture<Path> coming =
          CompletableFuture.supplyAsync(
              () -> host.instance().machine().addStranger("volfeed0000000000000", image),
              CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));

      Path place = host.driver().mount(name, Optional.empty());

      Path stranger = coming.join();
      String id = host.driver().get(name).orElseThrow().details().get("EBSVolumeID");
      assertThat(host.driver().get(name).orElseThrow().details())
          .containsEntry("Device", host.instance().machine().node(id).orElseThrow().toString())
          .containsEntry("MountPoint", place.toString());
      assertThat(firstBytes(stranger)).containsOnly(0);
      host.driver().unmount(name);
      account.setDelays(Delays.NONE);
    }
  }

  private static byte[] firstBytes(Path device) throws IOException {
    try (var in = Files.newInputStream(device)) {
      return in.readNBytes(1 << 20);
    }
  }

  @Test
  void mount_volumeThatIsNotBlank_isNotFormatted() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    String id = account.volumes().get(0).id();
    // Somebody else attaches it and writes there.
    Ec2 ec2 = Ec2.open(TestAccount.REGION, host.connection(), EbsHarness.FAST);
    ec2.attach(id, host.instance().id(), "/dev/sdp");
    Path node = host.instance().machine().node(id).orElseThrow();
    byte[] data = new byte[4096];
    data[17] = 1;
    Files.write(node, data);
    Programs.run("sync", node.toString());

    assertThatThrownBy(() -> host.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not (there is data on it)");

    assertThat(firstBytes(node)[17]).isEqualTo((byte) 1);
    ec2.close();
  }

  @Test
  void mount_otherFilesystemThanLastTime_isRefused() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    Path place = host.driver().mount(VOL1, Optional.empty());
    Path node = Path.of(host.driver().get(VOL1).orElseThrow().details().get("Device"));
    Programs.run("umount", place.toString());
    Programs.run("mkfs.ext4", "-q", "-F", node.toString());

    assertThatThrownBy(() -> host.driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected ext4:");
  }

  @Test
  void delete_reference_canBeTakenOverWithItsData() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    host.write(VOL1, "kept");
    String id = host.driver().get(VOL1).orElseThrow().details().get("EBSVolumeID");
    assertThatThrownBy(() -> create(host, adoption(VOL2, id)))
        .isInstanceOf(AlreadyExistsException.class);

    host.driver().delete(VOL1, DeleteMode.REFERENCE);
    assertThat(account.volumes()).hasSize(1);
    Volume taken = create(host, adoption(VOL2, id));

    assertThat(taken.details()).containsEntry("EBSVolumeID", id);
    assertThat(host.read(VOL2)).isEqualTo("kept");
    assertThatThrownBy(() -> create(host, adoption(VOL1, "vol-00000000")))
        .hasMessageContaining("no EBS volume");
  }

  @Test
  void snapshot_frozen_thawsWhateverAmazonSays() throws IOException {
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    host.options().put("ebs.fsfreeze", "true");
    host.start();
    create(host, VolumeSpec.of(VOL1));
    Path place = host.driver().mount(VOL1, Optional.empty());
    host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    Files.writeString(place.resolve("after"), "thawed");

    account.setFaults((action, nth) -> action.equals("CreateSnapshot") ? Fault.DENIED : Fault.NONE);
    assertThatThrownBy(
            () ->
                host.driver()
                    .snapshots()
                    .orElseThrow()
                    .create(VOL1, new SnapshotName("snap2"), UUID.randomUUID()))
        .hasMessageContaining("UnauthorizedOperation");

    Files.writeString(place.resolve("after"), "again");
    host.driver().unmount(VOL1);
  }

  @Test
  void calls_lifeOfAVolume_areFew() throws IOException {
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, Pace.USUAL);
    account.setDelays(Delays.all(Duration.ofMillis(500)).withLag(Duration.ofMillis(100)));
    host.start();
    account.takeCalls();

    create(host, VolumeSpec.of(VOL1));
    host.driver().mount(VOL1, Optional.empty());
    host.driver().unmount(VOL1);
    host.driver().delete(VOL1, DeleteMode.DATA);
    Map<String, Integer> life = account.takeCalls();

    System.out.println("API calls of create, mount, unmount, delete: " + life);
    assertThat(life.values().stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(10);
  }

  @Test
  void calls_listOf500_areFew() throws IOException {
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, Pace.USUAL);
    account.setDelays(Delays.NONE);
    for (int i = 0; i < 500; i++) {
      account.addVolume(
          Map.of(Tags.VOLUME_UUID, UUID.randomUUID().toString(), Tags.VOLUME_NAME, "many-" + i));
    }
    host.start();
    account.takeCalls();
    ((EbsDriver) host.driver()).forgetAnswers();
    assertThat(host.driver().list((name, problem) -> {})).hasSize(500);
    Map<String, Integer> list = account.takeCalls();

    System.out.println("API calls of a list of 500 volumes: " + list);
    assertThat(list.values().stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(2);
  }
}
