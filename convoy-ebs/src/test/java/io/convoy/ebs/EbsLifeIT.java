package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.BackupUrl;
import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.Delays;
import io.convoy.ebs.testing.Fault;
import io.convoy.ebs.testing.Programs;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the driver does on one instance, and on two. */
final class EbsLifeIT {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @TempDir private Path directory;
  private final List<EbsHarness> harnesses = new ArrayList<>();
  private TestAccount account;

  @BeforeEach
  void openAccount() throws IOException {
    Environment.requireRoot();
    account = TestAccount.inMemory();
  }

  @AfterEach
  void closeAll() throws IOException {
    for (EbsHarness harness : harnesses) {
      harness.close();
    }
    if (account != null) {
      account.close();
    }
  }

  private EbsHarness host(String instanceId, String zone, boolean nitro, Pace pace)
      throws IOException {
    TestInstance instance = account.startInstance(instanceId, zone, nitro);
    EbsHarness harness = new EbsHarness(directory, account, instance, pace);
    harnesses.add(harness);
    return harness;
  }

  private EbsHarness host(String instanceId) throws IOException {
    EbsHarness harness = host(instanceId, TestAccount.ZONE, true, EbsHarness.FAST);
    harness.start();
    return harness;
  }

  private static Volume create(EbsHarness host, VolumeSpec spec) throws IOException {
    return host.driver().create(spec, UUID.randomUUID(), Optional.empty());
  }

  private static VolumeSpec spec(String type, long gib, OptionalLong iops) {
    return new VolumeSpec(
        VOL1,
        OptionalLong.of(gib << 30),
        Optional.empty(),
        Optional.empty(),
        Optional.of(type),
        iops,
        false);
  }

  private static VolumeSpec adoption(VolumeName name, String id) {
    return new VolumeSpec(
        name,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.of(id),
        Optional.empty(),
        OptionalLong.empty(),
        false);
  }

  @Test
  void create_everyType_isMadeByItsRules() throws IOException {
    EbsHarness host = host("i-00000000000000001");
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
    assertThatThrownBy(() -> create(host, spec("io1", 4, OptionalLong.of(5000))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("InvalidParameterValue");
    assertThat(account.volumes()).isEmpty();
  }

  @Test
  void create_sizeNotWholeGib_isRoundedUp() throws IOException {
    EbsHarness host = host("i-00000000000000001");

    Volume volume = create(host, VolumeSpec.of(VOL1).withSizeBytes((1L << 30) + 1));

    assertThat(volume.sizeBytes()).hasValue(2L << 30);
  }

  @Test
  void create_encryptedByDefault_isEncryptedOrNotMade() throws IOException {
    account.addKey("arn:aws:kms:us-east-1:123456789012:key/good");
    EbsHarness host = host("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
    host.options().put("ebs.defaultkmskeyid", "arn:aws:kms:us-east-1:123456789012:key/good");
    host.start();
    assertThat(create(host, VolumeSpec.of(VOL1)).details())
        .containsEntry("Encrypted", "true")
        .containsEntry("KmsKeyId", "arn:aws:kms:us-east-1:123456789012:key/good");

    // The options are remembered: a start without them must not mean "not encrypted".
    host.options().remove("ebs.defaultkmskeyid");
    host.reopen();
    assertThat(create(host, VolumeSpec.of(VOL2)).details()).containsEntry("Encrypted", "true");

    host.options().put("ebs.defaultkmskeyid", "arn:aws:kms:us-east-1:123456789012:key/bad");
    host.reopen();
    assertThatThrownBy(() -> create(host, VolumeSpec.of(new VolumeName("vol3"))))
        .isInstanceOf(IOException.class);
    assertThat(account.volumes()).hasSize(2);
    host.options().put("ebs.defaultencrypted", "false");
    assertThatThrownBy(host::reopen)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ebs.defaultencrypted");
  }

  @Test
  void mount_xenInstanceAndStrangersOfEqualSize_takesTheRightDevice() throws IOException {
    for (boolean nitro : new boolean[] {true, false}) {
      EbsHarness host =
          host(
              nitro ? "i-00000000000000001" : "i-00000000000000002",
              TestAccount.ZONE,
              nitro,
              EbsHarness.FAST);
      host.start();
      account.setDelays(Delays.all(Duration.ofMillis(200)).withLag(Duration.ZERO));
      Path image = directory.resolve("stranger-" + nitro);
      Programs.run("truncate", "-s", "1G", image.toString());
      Path stranger = host.instance().machine().addStranger("volfeed0000000000000", image);
      byte[] before = firstBytes(stranger);
      VolumeName name = new VolumeName(nitro ? "nitro" : "xen");
      create(host, VolumeSpec.of(name));

      Path place = host.driver().mount(name, Optional.empty());

      String id = host.driver().get(name).orElseThrow().details().get("EBSVolumeID");
      assertThat(host.driver().get(name).orElseThrow().details())
          .containsEntry("Device", host.instance().machine().node(id).orElseThrow().toString())
          .containsEntry("MountPoint", place.toString());
      assertThat(firstBytes(stranger)).isEqualTo(before);
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
    EbsHarness host = host("i-00000000000000001");
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
    EbsHarness host = host("i-00000000000000001");
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
    EbsHarness host = host("i-00000000000000001");
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
  void create_fromSnapshot_hasItsContentAndCanBeLarger() throws IOException {
    EbsHarness host = host("i-00000000000000001");
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
    assertThatThrownBy(
            () ->
                create(
                    host,
                    VolumeSpec.of(new VolumeName("vol3"))
                        .withSource(BackupUrl.parse("ebs://eu-west-1/" + id))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("aws ec2 copy-snapshot");
  }

  @Test
  void snapshot_frozen_thawsWhateverAmazonSays() throws IOException {
    EbsHarness host = host("i-00000000000000001", TestAccount.ZONE, true, EbsHarness.FAST);
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
  void volume_followsTheContainer_fromHostToHost() throws IOException {
    EbsHarness first = host("i-00000000000000001");
    EbsHarness second = host("i-00000000000000002");
    EbsHarness far = host("i-00000000000000003", "us-east-1b", true, EbsHarness.FAST);
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
  void calls_lifeOfAVolume_areFew() throws IOException {
    EbsHarness host = host("i-00000000000000001", TestAccount.ZONE, true, Pace.USUAL);
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
    EbsHarness host = host("i-00000000000000001", TestAccount.ZONE, true, Pace.USUAL);
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
