package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BackupName;
import io.convoy.core.BackupResult;
import io.convoy.core.Extent;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VerifyOptions.Level;
import io.convoy.core.VerifyReport;
import io.convoy.core.VerifyReport.Damage;
import io.convoy.objectstore.testing.FailingObjectStore;
import io.convoy.objectstore.testing.FailingObjectStore.Mode;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spoils blocks, verifies the backups that have them, and has the next backup mend them. */
@Timeout(120)
final class VerificationTest {
  private static final BackupLayout VOL1 = new BackupLayout("vol1");
  private static final VerifyOptions LIST = new VerifyOptions(Level.LIST, 1);
  private static final VerifyOptions SIZES = new VerifyOptions(Level.SIZES, 1);

  @TempDir private Path temp;
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final Device device = new Device("vol1", 40 * Device.BLOCK_BYTES);
  private Path tree;

  /** What is backed up. */
  enum Kind {
    TREE,
    DEVICE
  }

  /** What happens to a block. */
  enum Harm {
    ROT,
    CUT,
    EMPTY;

    private byte[] change(byte[] content) {
      return switch (this) {
        case ROT -> {
          byte[] rotten = content.clone();
          rotten[content.length / 2] ^= 1;
          yield rotten;
        }
        case CUT -> Arrays.copyOf(content, content.length - 1);
        case EMPTY -> new byte[0];
      };
    }
  }

  @BeforeEach
  void makeContent() throws IOException {
    tree = Trees.make(temp.resolve("tree"), 1, 20, 50_000);
    device.writeRandom(new Random(1), 0, 20 * Device.BLOCK_BYTES);
  }

  private BackupResult backUp(Kind kind, String backup) throws IOException {
    if (kind == Kind.TREE) {
      return Trees.create(store, "vol1", backup, tree);
    }
    UUID snapshot = device.snapshot();
    return Device.backups(store)
        .create(device.request(backup, snapshot), device.open(snapshot), Progress.NONE);
  }

  private VerifyReport verify(String backup, VerifyOptions options) throws IOException {
    return Trees.backups(store).verify(Trees.url("vol1", backup), options, Progress.NONE);
  }

  private List<BlockRef> blocks(String backup) throws IOException {
    BackupHeader header = BackupHeader.read(store, VOL1, new BackupName(backup)).orElseThrow();
    List<BlockRef> blocks = new ArrayList<>();
    try (BlockList list = BlockList.open(store, VOL1, header)) {
      for (Optional<BlockRef> next = list.next(); next.isPresent(); next = list.next()) {
        blocks.add(next.get());
      }
    }
    return blocks;
  }

  private void harm(BlockRef block, Harm harm) throws IOException {
    ObjectKey key = VOL1.block(block.name());
    store.put(key, harm.change(store.get(key, 1 << 20).orElseThrow()));
  }

  private BlockRef middle(String backup) throws IOException {
    List<BlockRef> blocks = blocks(backup);
    return blocks.get(blocks.size() / 2);
  }

  @Test
  void verify_wholeTree_countsWhatItChecked() throws IOException {
    assertCounts(Kind.TREE);
  }

  @Test
  void verify_wholeDevice_countsWhatItChecked() throws IOException {
    assertCounts(Kind.DEVICE);
  }

  private void assertCounts(Kind kind) throws IOException {
    backUp(kind, "b1");
    long blocks = blocks("b1").stream().map(BlockRef::name).distinct().count();
    long bytes = blocks("b1").stream().distinct().mapToLong(BlockRef::lengthBytes).sum();

    assertThat(verify("b1", VerifyOptions.ALL))
        .isEqualTo(new VerifyReport(blocks, blocks, bytes, List.of(), List.of()));
    assertThat(verify("b1", SIZES)).isEqualTo(new VerifyReport(blocks, 0, 0, List.of(), List.of()));
    assertThat(verify("b1", LIST)).isEqualTo(new VerifyReport(blocks, 0, 0, List.of(), List.of()));
    assertThat(store.keys()).noneMatch(key -> key.value().startsWith(VOL1.damagedPrefix()));
  }

  @Test
  void backUp_afterVerifyFoundADamagedBlock_mendsItForAll() throws IOException {
    for (Kind kind : Kind.values()) {
      for (Harm harm : Harm.values()) {
        store.delete(List.copyOf(store.keys()));
        assertMends(kind, harm);
      }
    }
  }

  private void assertMends(Kind kind, Harm harm) throws IOException {
    backUp(kind, "b1");
    backUp(kind, "b2");
    BlockRef block = middle("b1");
    harm(block, harm);

    VerifyReport report = verify("b1", VerifyOptions.ALL);

    assertThat(report.damages()).hasSize(1);
    Damage damage = report.damages().get(0);
    assertThat(damage.key()).isEqualTo(VOL1.block(block.name()).value());
    assertThat(damage.ranges())
        .containsExactly(new Extent(block.offsetBytes(), block.lengthBytes()));
    assertThat(damage.otherBackups()).containsExactly(new BackupName("b2"));
    assertThat(damage.problem())
        .contains(block.name(), "bytes " + block.offsetBytes() + " to", damage.key())
        .doesNotContain("\n");
    assertThat(store.sizeBytes(VOL1.damaged(block.name()))).isPresent();

    BackupResult mending = backUp(kind, "b3");

    assertThat(mending.newBlocks()).isEqualTo(1);
    assertThat(store.keys()).noneMatch(key -> key.value().startsWith(VOL1.damagedPrefix()));
    for (String backup : List.of("b1", "b2", "b3")) {
      assertThat(verify(backup, VerifyOptions.ALL).problems()).isEmpty();
    }
    assertThat(backUp(kind, "b4").newBlocks()).isZero();
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
  }

  /** Nobody needs to verify for these: one listing shows them. */
  @Test
  void backUp_missingOrEmptyBlockOfATree_isStoredAgain() throws IOException {
    assertStoredAgain(Kind.TREE);
  }

  @Test
  void backUp_missingOrEmptyBlockOfADevice_isStoredAgain() throws IOException {
    assertStoredAgain(Kind.DEVICE);
  }

  private void assertStoredAgain(Kind kind) throws IOException {
    backUp(kind, "b1");
    BlockRef missing = blocks("b1").get(1);
    store.delete(List.of(VOL1.block(missing.name())));
    harm(middle("b1"), Harm.EMPTY);
    assertThat(verify("b1", LIST).problems()).hasSize(1);
    assertThat(verify("b1", LIST).problems().get(0)).contains(missing.name(), "is missing");

    BackupResult mending = backUp(kind, "b2");

    assertThat(mending.newBlocks()).isEqualTo(2);
    assertThat(verify("b1", VerifyOptions.ALL).problems()).isEmpty();
    assertThat(verify("b2", VerifyOptions.ALL).problems()).isEmpty();
  }

  @Test
  void verify_emptyBlock_isFoundBySizes() throws IOException {
    backUp(Kind.DEVICE, "b1");
    harm(middle("b1"), Harm.EMPTY);

    assertThat(verify("b1", LIST).problems()).isEmpty();
    assertThat(verify("b1", SIZES).problems()).hasSize(1);
    assertThat(verify("b1", SIZES).problems().get(0)).contains("is empty");
  }

  @Test
  void verify_sample_readsAboutThatShare() throws IOException {
    double share = 0.3;
    device.writeRandom(new Random(2), 0, 40 * Device.BLOCK_BYTES);
    backUp(Kind.DEVICE, "b1");
    double sum = 0;
    for (int i = 0; i < 50; i++) {
      VerifyReport report = verify("b1", new VerifyOptions(Level.DATA, share));
      assertThat(report.blocks()).isEqualTo(40);
      assertThat(report.readBytes()).isEqualTo(report.readBlocks() * Device.BLOCK_BYTES);
      sum += report.readBlocks();
    }
    // Of 2,000 blocks: eight standard deviations.
    assertThat(sum / 2000).isBetween(share - 0.09, share + 0.09);
  }

  @Test
  void verify_storeThatCanOnlyBeRead_tellsThatItCouldNotNoteIt() throws IOException {
    backUp(Kind.DEVICE, "b1");
    harm(middle("b1"), Harm.ROT);
    FailingObjectStore readOnly =
        new FailingObjectStore(store, Mode.BEFORE, operation -> operation.name().equals("put"));

    VerifyReport report =
        Trees.backups(readOnly).verify(Trees.url("vol1", "b1"), VerifyOptions.ALL, Progress.NONE);

    assertThat(report.damages()).hasSize(1);
    assertThat(report.notes()).hasSize(1);
    assertThat(report.notes().get(0)).contains(VOL1.damagedPrefix());
  }

  /** No request for each block but to read it. */
  @Test
  void verify_sizes_asksForNoSingleBlock() throws IOException {
    backUp(Kind.DEVICE, "b1");
    AtomicLong requests = new AtomicLong();
    FailingObjectStore counting =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation -> {
              requests.incrementAndGet();
              return false;
            });

    Trees.backups(counting).verify(Trees.url("vol1", "b1"), SIZES, Progress.NONE);

    assertThat(requests.get()).isLessThanOrEqualTo(4); // header, configuration, listing, map
  }

  @Test
  void verify_deletedMeanwhile_isNotFoundRatherThanDamaged() throws IOException {
    backUp(Kind.DEVICE, "b1");
    FailingObjectStore deleting =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation -> {
              if (operation.name().equals("list") && operation.key().equals(VOL1.blocksPrefix())) {
                try {
                  Trees.backups(store).delete(Trees.url("vol1", "b1"));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
              return false;
            });

    assertThatThrownBy(
            () ->
                Trees.backups(deleting)
                    .verify(Trees.url("vol1", "b1"), VerifyOptions.ALL, Progress.NONE))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void collect_noteOfABlockThatNobodyNeeds_isDeleted() throws IOException {
    backUp(Kind.DEVICE, "b1");
    harm(middle("b1"), Harm.ROT);
    verify("b1", VerifyOptions.ALL);

    Trees.backups(store).delete(Trees.url("vol1", "b1"));

    assertThat(store.keys()).noneMatch(key -> key.value().startsWith(VOL1.damagedPrefix()));
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
  }
}
