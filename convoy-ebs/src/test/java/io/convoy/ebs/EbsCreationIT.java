package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BackupUrl;
import io.convoy.core.DeleteMode;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.ebs.testing.Delays;
import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which volumes can be made, and what they are then. */
final class EbsCreationIT extends OnInstances {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final String KEY = "arn:aws:kms:us-east-1:123456789012:key/good";

  private static VolumeSpec spec(String type, long gib, OptionalLong iops) {
    return spec(type, gib, iops, OptionalLong.empty());
  }

  private static VolumeSpec spec(
      String type, long gib, OptionalLong iops, OptionalLong throughputMib) {
    return new VolumeSpec(
        VOL1,
        OptionalLong.of(gib << 30),
        Optional.empty(),
        Optional.empty(),
        Optional.of(type),
        iops,
        throughputMib,
        false,
        false);
  }

  @Test
  void create_everyType_isMadeByItsRules() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    Map<String, VolumeSpec> specs =
        Map.of(
            "gp2", spec("gp2", 1, OptionalLong.empty()),
            "gp3", spec("gp3", 10, OptionalLong.of(4000)),
            "io1", spec("io1", 4, OptionalLong.of(200)),
            "io2", spec("io2", 4, OptionalLong.of(400)),
            "st1", spec("st1", 125, OptionalLong.empty()),
            "sc1", spec("sc1", 125, OptionalLong.empty()),
            "standard", spec("standard", 1, OptionalLong.empty()));
    for (Map.Entry<String, VolumeSpec> wish : specs.entrySet()) {
      Volume volume = create(host, wish.getValue());
      assertThat(volume.details()).containsEntry("Type", wish.getKey());
      assertThat(volume.sizeBytes()).isEqualTo(wish.getValue().sizeBytes());
      wish.getValue()
          .iops()
          .ifPresent(
              iops -> assertThat(volume.details()).containsEntry("IOPS", Long.toString(iops)));
      host.driver().delete(VOL1, DeleteMode.DATA);
    }
    assertThatThrownBy(() -> create(host, spec("io1", 4, OptionalLong.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--iops");
    assertThatThrownBy(() -> create(host, spec("gp2", 4, OptionalLong.of(100))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> create(host, spec("st1", 1, OptionalLong.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("125");
    assertThatThrownBy(() -> create(host, spec("gp9", 1, OptionalLong.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gp3");
    assertThatThrownBy(() -> create(host, spec("gp3", 4, OptionalLong.of(2999))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("starts at 3000");
    assertThatThrownBy(() -> create(host, spec("io2", 3, OptionalLong.of(100))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("starts at 4 GiB");
    assertThatThrownBy(() -> create(host, spec("io1", 4, OptionalLong.of(5000))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("InvalidParameterValue");
    assertThat(account.volumes()).isEmpty();
  }

  @Test
  void create_throughput_isWhatWasAskedForOrRefused() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");

    Volume volume = create(host, spec("gp3", 2, OptionalLong.empty(), OptionalLong.of(250)));

    assertThat(volume.details()).containsEntry("Throughput", "250");
    host.driver().delete(VOL1, DeleteMode.DATA);
    assertThatThrownBy(
            () -> create(host, spec("gp2", 2, OptionalLong.empty(), OptionalLong.of(250))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gp2 has no --throughput");
    assertThatThrownBy(
            () -> create(host, spec("gp3", 2, OptionalLong.empty(), OptionalLong.of(100))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("starts at 125");
    assertThatThrownBy(
            () -> create(host, spec("gp3", 2, OptionalLong.empty(), OptionalLong.of(2000))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("InvalidParameterValue");
    assertThat(account.volumes()).isEmpty();
  }

  @Test
  void create_tagsGiven_areOnVolumesAndSnapshots() throws IOException {
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    host.options().put("ebs.tags", "team=storage, cost-center=7");
    host.start();

    create(host, VolumeSpec.of(VOL1));
    Snapshot snapshot =
        host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());

    assertThat(account.volumes().get(0).tags())
        .containsEntry("team", "storage")
        .containsEntry("cost-center", "7")
        .containsEntry("Name", "vol1");
    Ec2 ec2 = Ec2.open(TestAccount.REGION, host.connection(), EbsHarness.FAST);
    assertThat(ec2.snapshot(snapshot.details().get("EBSSnapshotID")).orElseThrow().tags())
        .containsEntry("team", "storage")
        .containsEntry("Name", "snap1");
    ec2.close();
  }

  @Test
  void create_sizeNotWholeGib_isRoundedUp() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");

    Volume volume = create(host, VolumeSpec.of(VOL1).withSizeBytes((1L << 30) + 1));

    assertThat(volume.sizeBytes()).hasValue(2L << 30);
  }

  @Test
  void create_encryptedByDefault_isEncryptedOrNotMade() throws IOException {
    account.addKey(KEY);
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    host.options().put("ebs.defaultkmskeyid", KEY);
    host.start();
    assertThat(create(host, VolumeSpec.of(VOL1)).details())
        .containsEntry("Encrypted", "true")
        .containsEntry("KmsKeyId", KEY);

    // The options are remembered: a start without them must not mean "not encrypted".
    host.options().remove("ebs.defaultkmskeyid");
    host.reopen();
    assertThat(create(host, VolumeSpec.of(VOL2)).details()).containsEntry("Encrypted", "true");

    host.options().put("ebs.defaultkmskeyid", "arn:aws:kms:us-east-1:123456789012:key/bad");
    host.reopen();
    // Amazon shows the volume, and takes it away when the key can't be used.
    account.setDelays(Delays.all(Duration.ofMillis(500)).withLag(Duration.ZERO));
    assertThatThrownBy(() -> create(host, VolumeSpec.of(new VolumeName("vol3"))))
        .isInstanceOf(IOException.class);
    assertThat(account.volumes()).hasSize(2);
    host.options().put("ebs.defaultencrypted", "false");
    assertThatThrownBy(host::reopen)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ebs.defaultencrypted");
  }

  @Test
  void create_fromSnapshot_hasItsContentAndCanBeLarger() throws IOException {
    EbsHarness host = hosts.start("i-00000000000000001");
    create(host, VolumeSpec.of(VOL1));
    host.write(VOL1, "old");
    String id =
        host.driver()
            .snapshots()
            .orElseThrow()
            .create(VOL1, SNAP1, UUID.randomUUID())
            .details()
            .get("EBSSnapshotID");
    host.write(VOL1, "new");

    create(
        host,
        VolumeSpec.of(VOL2)
            .withSource(BackupUrl.parse("ebs://us-east-1/" + id))
            .withSizeBytes(2L << 30));

    Path place = host.driver().mount(VOL2, Optional.empty());
    assertThat(place.resolve("text")).hasContent("old");
    assertThat(Files.getFileStore(place).getTotalSpace()).isGreaterThan(3L << 29);
    host.driver().unmount(VOL2);
  }

  @Test
  void create_fromOtherRegion_copiesOnceWhenAsked() throws IOException {
    account.addKey(KEY);
    EbsHarness host = hosts.add("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    host.start();
    create(host, VolumeSpec.of(VOL1));
    host.write(VOL1, "from afar");
    Snapshot near = host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    String id =
        account.addSnapshotElsewhere(
            near.details().get("EBSSnapshotID"),
            Map.of(Tags.VOLUME_UUID, UUID.randomUUID().toString(), Tags.VOLUME_NAME, "far"));
    BackupUrl url = BackupUrl.parse("ebs://" + TestAccount.OTHER_REGION + "/" + id);
    assertThatThrownBy(() -> create(host, VolumeSpec.of(VOL2).withSource(url)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(TestAccount.OTHER_REGION)
        .hasMessageContaining("--copy");
    assertThat(account.snapshots()).hasSize(1);
    account.takeCalls();
    account.setDelays(Delays.all(Duration.ofMillis(300)));

    create(host, VolumeSpec.of(VOL2).withSource(url).withCopySource());
    create(host, VolumeSpec.of(new VolumeName("vol3")).withSource(url).withCopySource());

    assertThat(account.takeCalls()).containsEntry("CopySnapshot", 1);
    assertThat(account.snapshots()).hasSize(2);
    assertThat(host.read(VOL2)).isEqualTo("from afar");
    host.options().put("ebs.defaultkmskeyid", KEY);
    host.reopen();
    VolumeName secret = new VolumeName("vol4");
    assertThat(create(host, VolumeSpec.of(secret).withSource(url).withCopySource()).details())
        .containsEntry("Encrypted", "true")
        .containsEntry("KmsKeyId", KEY);
    assertThat(account.takeCalls()).containsEntry("CopySnapshot", 1);
  }
}
