package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupResult;
import io.convoy.core.CorruptDataException;
import io.convoy.core.Extent;
import io.convoy.core.Progress;
import io.convoy.objectstore.testing.FailingObjectStore;
import io.convoy.objectstore.testing.FailingObjectStore.Mode;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Backs up small devices, restores, deletes and collects them. */
@Timeout(300)
final class BlockBackupTest {
  private static final int KIB = 1024;
  private static final BackupLayout VOL1 = new BackupLayout("vol1");

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final Random random = new Random(7);

  private BackupResult create(ObjectStore to, Device device, String backup, UUID snapshot)
      throws IOException {
    return Device.backups(to)
        .create(device.request(backup, snapshot), device.open(snapshot), Progress.NONE);
  }

  private byte[] restored(ObjectStore from, String directory, String backup, int sizeBytes)
      throws IOException {
    Device.Target target = new Device.Target(sizeBytes);
    Device.backups(from).restore(Trees.url(directory, backup), target, Progress.NONE);
    assertThat(target.flushed).isTrue();
    return target.bytes;
  }

  private ObjectNode header(BackupLayout layout, String backup) throws IOException {
    ObjectKey key = layout.header(new BackupName(backup));
    return Json.parse(key, store.get(key, 1 << 20).orElseThrow());
  }

  private void assertClean(ObjectStore of) throws IOException {
    assertThat(BackupConsistency.broken(of)).isEmpty();
    assertThat(BackupConsistency.leftovers(of)).isEmpty();
  }

  private void change(Device device) {
    for (int i = 0; i < 4; i++) {
      int length = 1 + random.nextInt(6 * KIB);
      device.writeRandom(random, random.nextInt(device.sizeBytes() - length), length);
    }
    int length = 1 + random.nextInt(20 * KIB);
    device.discard(random.nextInt(device.sizeBytes() - length), length);
  }

  @Test
  void chain_ofTenIncrementals_everyOneRestoresAlone() throws IOException {
    // No multiple of the block: the last one is short, and moves as the device grows.
    Device device = new Device("vol1", 200 * KIB + 300);
    Map<String, byte[]> expected = new LinkedHashMap<>();
    UUID before = device.snapshot();
    for (int i = 0; i <= 10; i++) {
      change(device);
      if (i % 3 == 2) {
        device.grow(device.sizeBytes() + 5 * KIB + 17);
        change(device);
      }
      UUID snapshot = device.snapshot();
      create(store, device, "b" + i, snapshot);
      expected.put("b" + i, device.bytes());
      if (i % 4 != 3) {
        device.forget(before); // else that one is the base of none, and stays
      }
      before = snapshot;
    }

    for (Map.Entry<String, byte[]> backup : expected.entrySet()) {
      assertThat(restored(store, "vol1", backup.getKey(), backup.getValue().length))
          .as(backup.getKey())
          .isEqualTo(backup.getValue());
    }
    assertThat(header(VOL1, "b0").has("BaseBackup")).isFalse();
    assertThat(header(VOL1, "b10").path("BaseBackup").asText()).isEqualTo("b9");
    assertThat(header(VOL1, "b10").has("DeltaMismatch")).isFalse();
    assertClean(store);
    List<String> left = new ArrayList<>(expected.keySet());
    for (String gone : List.of("b4", "b0", "b10", "b7")) {
      Device.backups(store).delete(Trees.url("vol1", gone));
      left.remove(gone);
      for (String backup : left) {
        byte[] content = expected.get(backup);
        assertThat(restored(store, "vol1", backup, content.length)).isEqualTo(content);
      }
      assertClean(store);
    }
  }

  @Test
  void create_incremental_readsAndStoresOnlyWhatChanged() throws IOException {
    Device device = new Device("vol1", 4096 * KIB);
    device.writeRandom(random, 0, 4096 * KIB);
    UUID first = device.snapshot();
    create(store, device, "b1", first);
    device.writeRandom(random, 1000 * KIB, 10 * KIB);
    UUID second = device.snapshot();
    Device.Content content = device.open(second);

    BackupResult result =
        Device.backups(store).create(device.request("b2", second), content, Progress.NONE);

    assertThat(result.newBlocks()).isEqualTo(3);
    assertThat(result.newBytes()).isEqualTo(3 * Device.BLOCK_BYTES);
    assertThat(result.reusedBlocks()).isEqualTo(1024 - 3);
    assertThat(result.contentBytes()).isEqualTo(4096 * KIB);
    assertThat(result.backup().volumeSizeBytes()).isEqualTo(4096 * KIB);
    int proved = header(VOL1, "b2").path("ProvedBlocks").asInt();
    assertThat(proved).isBetween(8, 60);
    assertThat(content.readBytes.get()).isEqualTo((proved + 3L) * Device.BLOCK_BYTES);
    assertThat(Device.backups(store).inspect(result.backup().url())).isEqualTo(result.backup());
    assertThat(Trees.list(store)).contains(result.backup());
  }

  @Test
  void create_zerosAndHoles_areNotStoredAndRestoreUnwritten() throws IOException {
    Device device = new Device("vol1", 1024 * KIB);
    device.write(0, new byte[512 * KIB]);
    device.writeRandom(random, 600 * KIB, 8 * KIB);

    BackupResult result = create(store, device, "b1", device.snapshot());

    assertThat(result.newBlocks()).isEqualTo(2);
    Device.Target target = new Device.Target(2048 * KIB);
    Device.backups(store).restore(Trees.url("vol1", "b1"), target, Progress.NONE);
    assertThat(target.prepared).containsExactly(new Extent(600 * KIB, 2 * Device.BLOCK_BYTES));
    assertThat(target.writtenBytes.get()).isEqualTo(2 * Device.BLOCK_BYTES);
    assertThat(target.bytes).isEqualTo(Arrays.copyOf(device.bytes(), 2048 * KIB));
  }

  @Test
  void create_blocksTurnedToZerosOrDiscarded_becomeHoles() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 64 * KIB);
    create(store, device, "b1", device.snapshot());
    device.write(8 * KIB, new byte[8 * KIB]);
    device.discard(32 * KIB, 16 * KIB);

    BackupResult result = create(store, device, "b2", device.snapshot());

    assertThat(result.newBlocks()).isZero();
    assertThat(result.reusedBlocks()).isEqualTo(16 - 2 - 4);
    Device.Target target = new Device.Target(64 * KIB);
    Device.backups(store).restore(Trees.url("vol1", "b2"), target, Progress.NONE);
    assertThat(target.bytes).isEqualTo(device.bytes());
    assertThat(target.prepared)
        .containsExactly(
            new Extent(0, 8 * KIB), new Extent(16 * KIB, 16 * KIB), new Extent(48 * KIB, 16 * KIB));
  }

  @Test
  void create_deltaThatIsWrong_readsEverythingAndSaysSo() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 48 * KIB);
    create(store, device, "b1", device.snapshot());
    device.rot(20 * KIB); // and nobody knows
    device.rot(60 * KIB); // not even that it is allocated

    create(store, device, "b2", device.snapshot());

    assertThat(header(VOL1, "b2").path("DeltaMismatch").asText())
        .contains("bytes 20480 to 24575", "'b1'");
    assertThat(restored(store, "vol1", "b2", 64 * KIB)).isEqualTo(device.bytes());
    // The next one is made upon the sound one.
    device.writeRandom(random, 0, 100);
    create(store, device, "b3", device.snapshot());
    assertThat(header(VOL1, "b3").path("BaseBackup").asText()).isEqualTo("b2");
  }

  @Test
  void create_anotherVolumeOfThatName_isKeptApart() throws IOException {
    Device first = new Device("vol1", 64 * KIB);
    first.writeRandom(random, 0, 64 * KIB);
    create(store, first, "b1", first.snapshot());
    Device second = new Device("vol1", 128 * KIB);
    second.writeRandom(random, 100 * KIB, 4 * KIB);
    UUID snapshot = second.snapshot();

    BackupResult result = create(store, second, "b1", snapshot);

    String directory = result.backup().url().volumeName().orElseThrow();
    assertThat(directory).isEqualTo("vol1~" + second.volume.uuid().toString().substring(0, 8));
    assertThat(result.newBlocks()).isEqualTo(1);
    assertThat(restored(store, directory, "b1", 128 * KIB)).isEqualTo(second.bytes());
    assertThat(restored(store, "vol1", "b1", 64 * KIB)).isEqualTo(first.bytes());
    assertClean(store);
  }

  @Test
  void create_lastSnapshotForgotten_mergesNothing() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 64 * KIB);
    UUID first = device.snapshot();
    create(store, device, "b1", first);
    device.forget(first);
    device.discard(16 * KIB, 32 * KIB);

    BackupResult result = create(store, device, "b2", device.snapshot());

    assertThat(header(VOL1, "b2").has("BaseBackup")).isFalse();
    assertThat(result.newBlocks()).isZero();
    assertThat(result.reusedBlocks()).isEqualTo(8);
    assertThat(restored(store, "vol1", "b2", 64 * KIB)).isEqualTo(device.bytes());
  }

  @Test
  void create_blockOfTheBaseThatIsGone_isStoredAnewAndMendsTheBase() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 64 * KIB);
    create(store, device, "b1", device.snapshot());
    ObjectKey block =
        store.keys().stream().filter(key -> key.value().endsWith(".blk")).findFirst().orElseThrow();
    store.delete(List.of(block));
    assertThatThrownBy(() -> restored(store, "vol1", "b1", 64 * KIB))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(block.value());
    assertThat(Device.backups(store).verify(Trees.url("vol1", "b1"), Progress.NONE)).hasSize(1);

    BackupResult result = create(store, device, "b2", device.snapshot());

    assertThat(result.newBlocks()).isEqualTo(1);
    assertThat(restored(store, "vol1", "b1", 64 * KIB)).isEqualTo(device.bytes());
    assertThat(Device.backups(store).verify(Trees.url("vol1", "b1"), Progress.NONE)).isEmpty();
  }

  @Test
  void create_mapOfTheBaseThatIsDamaged_readsEverything() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 64 * KIB);
    create(store, device, "b1", device.snapshot());
    for (byte[] damaged : List.of(new byte[0], "convoy".getBytes(UTF_8), new byte[300])) {
      store.put(VOL1.map(new BackupName("b1")), damaged);

      create(store, device, "b2", device.snapshot());

      assertThat(header(VOL1, "b2").path("DeltaMismatch").asText()).contains("b1.map");
      assertThat(restored(store, "vol1", "b2", 64 * KIB)).isEqualTo(device.bytes());
      store.delete(List.of(VOL1.header(new BackupName("b2"))));
    }
  }

  @Test
  void create_eachOperationFailing_neverListsABrokenBackupAndCanBeTriedAgain() throws IOException {
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        InMemoryObjectStore objects = new InMemoryObjectStore();
        Device device = new Device("vol1", 64 * KIB);
        device.writeRandom(random, 0, 30 * KIB);
        create(objects, device, "b1", device.snapshot());
        byte[] first = device.bytes();
        device.writeRandom(random, 8 * KIB, 10 * KIB);
        UUID snapshot = device.snapshot();
        FailingObjectStore failing = new FailingObjectStore(objects, n, mode);
        try {
          create(failing, device, "b2", snapshot);
        } catch (IOException e) {
          assertThat(e).as("operation %s %s", n, mode).hasMessageContaining("injected");
          assertThat(Trees.listed(objects)).as("operation %s %s", n, mode).hasSize(1);
          assertThat(BackupConsistency.broken(objects)).isEmpty();
          create(objects, device, "b2", snapshot);
        }
        assertThat(Trees.listed(objects)).containsExactly("vol1 b1", "vol1 b2");
        assertThat(restored(objects, "vol1", "b1", 64 * KIB)).isEqualTo(first);
        assertThat(restored(objects, "vol1", "b2", 64 * KIB)).isEqualTo(device.bytes());
        if (!failing.hasFailed()) {
          assertThat(n).isGreaterThan(15);
          break;
        }
      }
    }
  }

  @Test
  void restore_eachOperationFailing_neverReportsSuccess() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 30 * KIB);
    create(store, device, "b1", device.snapshot());
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        boolean failed = false;
        try {
          assertThat(restored(failing, "vol1", "b1", 64 * KIB)).isEqualTo(device.bytes());
        } catch (IOException e) {
          failed = true;
        }
        assertThat(failed).as("operation %s %s", n, mode).isEqualTo(failing.hasFailed());
        if (!failed) {
          break;
        }
      }
    }
  }

  @Test
  void restore_targetTooSmallOrOfAnotherKind_isRefused() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    create(store, device, "b1", device.snapshot());

    assertThatThrownBy(() -> restored(store, "vol1", "b1", 64 * KIB - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65536 bytes")
        .hasMessageContaining("65535");
    assertThat(restored(store, "vol1", "b1", 64 * KIB)).isEqualTo(new byte[64 * KIB]);
  }

  @Test
  void create_formatsAndCompressionsThatMakeNoSense_areRefused() {
    for (BackupOptions options :
        List.of(
            new BackupOptions(Optional.of("v0.4"), Optional.empty()),
            new BackupOptions(Optional.empty(), Optional.of("rar")),
            new BackupOptions(Optional.of("v0.5.2"), Optional.of("zstd")))) {
      Device device = new Device("vol1", 64 * KIB);
      UUID snapshot = device.snapshot();
      assertThatThrownBy(
              () ->
                  Device.backups(store)
                      .create(
                          device.request("b1", snapshot, options, Trees.DESTINATION),
                          device.open(snapshot),
                          Progress.NONE))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(store.keys()).isEmpty();
  }

  @Test
  void create_everyCompression_restores() throws IOException {
    Device device = new Device("vol1", 64 * KIB);
    device.writeRandom(random, 0, 20 * KIB);
    device.write(24 * KIB, "abc".repeat(4 * KIB).getBytes(UTF_8));
    for (Compression compression : Compression.values()) {
      UUID snapshot = device.snapshot();
      BackupOptions options = new BackupOptions(Optional.empty(), Optional.of(compression.label()));
      Device volume = new Device("vol-" + compression.label(), 64 * KIB);
      Device.backups(store)
          .create(
              volume.request("b1", snapshot, options, Trees.DESTINATION),
              device.open(snapshot),
              Progress.NONE);
      assertThat(restored(store, "vol-" + compression.label(), "b1", 64 * KIB))
          .isEqualTo(device.bytes());
    }
  }
}
