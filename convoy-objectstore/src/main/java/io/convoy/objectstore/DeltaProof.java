package io.convoy.objectstore;

import io.convoy.core.BackupName;
import io.convoy.core.BlockContent;
import io.convoy.core.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does not take the storage's word for what has changed: reads some of the blocks that are said to
 * be as they were, and compares them with the earlier backup.
 */
final class DeltaProof {
  private static final double SHARE = 0.01;
  private static final int AT_LEAST = 16;
  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final BlockContent content;
  private final BlockNaming naming;
  private final Progress progress;
  private final SplittableRandom random = new SplittableRandom();

  DeltaProof(BlockContent content, BlockNaming naming, Progress progress) {
    this.content = content;
    this.naming = naming;
    this.progress = progress;
  }

  /**
   * What came of it.
   *
   * @param base the backup that the storage's delta is upon; empty if there was none to prove
   * @param comparedBlocks how many blocks were compared
   * @param mismatch what was wrong with the delta, which then was not used
   */
  record Outcome(Optional<BackupName> base, long comparedBlocks, Optional<String> mismatch) {
    static final Outcome NOTHING_TO_PROVE = new Outcome(Optional.empty(), 0, Optional.empty());
  }

  private record Sample(long offsetBytes, int lengthBytes, Optional<String> name) {}

  /** Compares a hundredth of what the plan keeps, and at least a few blocks. */
  Outcome prove(DevicePlan plan, BackupName base, BlockList map) throws IOException {
    List<Sample> samples = sample(plan, map);
    int blockBytes = plan.grid().blockBytes();
    Pool<ByteBuffer> buffers = new Pool<>(THREADS, () -> ByteBuffer.allocateDirect(blockBytes));
    ExecutorService threads =
        Executors.newFixedThreadPool(THREADS, task -> new Thread(task, "convoy-delta-proof"));
    try {
      List<Future<Optional<String>>> comparisons = new ArrayList<>();
      for (Sample sample : samples) {
        comparisons.add(threads.submit(() -> compare(sample, base, buffers)));
      }
      for (Future<Optional<String>> comparison : comparisons) {
        progress.checkCancelled();
        Optional<String> mismatch = Tasks.get(comparison);
        if (mismatch.isPresent()) {
          return new Outcome(Optional.of(base), samples.size(), mismatch);
        }
      }
      return new Outcome(Optional.of(base), samples.size(), Optional.empty());
    } finally {
      Tasks.stop(threads);
    }
  }

  private List<Sample> sample(DevicePlan plan, BlockList map) throws IOException {
    List<Sample> share = new ArrayList<>();
    List<Sample> few = new ArrayList<>(); // each of all blocks is as likely to be among them
    long[] seen = new long[1];
    plan.walk(
        map,
        new DevicePlan.Visitor() {
          @Override
          public void read(long offsetBytes, int lengthBytes) {}

          @Override
          public void kept(long offsetBytes, Optional<BlockRef> block) {
            int length = plan.grid().lengthAt(offsetBytes);
            if (block.isPresent() && block.get().lengthBytes() != length) {
              return; // the device's end was there; it is read in any case
            }
            Sample sample = new Sample(offsetBytes, length, block.map(BlockRef::name));
            if (random.nextDouble() < SHARE) {
              share.add(sample);
            }
            seen[0]++;
            if (few.size() < AT_LEAST) {
              few.add(sample);
            } else {
              long slot = random.nextLong(seen[0]);
              if (slot < AT_LEAST) {
                few.set((int) slot, sample);
              }
            }
          }
        });
    return share.size() < AT_LEAST ? few : share;
  }

  private Optional<String> compare(Sample sample, BackupName base, Pool<ByteBuffer> buffers)
      throws IOException {
    ByteBuffer buffer = buffers.take();
    try {
      content.read(sample.offsetBytes, buffer.clear().limit(sample.lengthBytes));
      buffer.flip();
      Optional<String> name =
          Zeros.isAllZeros(buffer) ? Optional.empty() : Optional.of(naming.name(buffer));
      if (name.equals(sample.name)) {
        return Optional.empty();
      }
      return Optional.of(
          "bytes %s to %s are said to be as in backup '%s', and are not (%s instead of %s)"
              .formatted(
                  sample.offsetBytes,
                  sample.offsetBytes + sample.lengthBytes - 1,
                  base,
                  name.orElse("zeros"),
                  sample.name.orElse("zeros")));
    } finally {
      buffers.giveBack(buffer);
    }
  }
}
