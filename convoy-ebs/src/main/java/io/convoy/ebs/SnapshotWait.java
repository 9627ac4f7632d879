package io.convoy.ebs;

import io.convoy.core.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits until Amazon has stored a snapshot, which takes as long as it takes. */
final class SnapshotWait {
  private static final int PERCENT = 100;

  private SnapshotWait() {}

  /** Returns the snapshot when it is complete. */
  static EbsSnapshot untilCompleted(Ec2 ec2, Pace pace, String id, Progress progress)
      throws IOException {
    return untilCompleted(ec2, pace, id, Duration.ZERO, progress);
  }

  /** Returns the snapshot, which has just been made, when it is complete. */
  static EbsSnapshot untilNewIsCompleted(Ec2 ec2, Pace pace, String id) throws IOException {
    return untilCompleted(ec2, pace, id, pace.lag(), Progress.NONE);
  }

  /**
   * Waits.
   *
   * @param unseen how long Amazon may not show it at first
   */
  private static EbsSnapshot untilCompleted(
      Ec2 ec2, Pace pace, String id, Duration unseen, Progress progress) throws IOException {
    long start = System.nanoTime();
    long pause = pace.firstPoll().toMillis();
    while (true) {
      progress.checkCancelled();
      Optional<EbsSnapshot> found = ec2.snapshot(id);
      if (found.isPresent()) {
        EbsSnapshot snapshot = found.get();
        progress.report(
            snapshot.sizeBytes() / PERCENT * snapshot.progressPercent(), snapshot.sizeBytes());
        if (snapshot.isCompleted()) {
          return snapshot;
        }
        if (!snapshot.state().equals("pending")) {
          throw new IOException(
              "EBS snapshot %s is '%s', expected pending or completed"
                  .formatted(id, snapshot.state()));
        }
      } else if (System.nanoTime() - start >= unseen.toNanos()) {
        throw new IOException("There is no EBS snapshot %s".formatted(id));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(pause);
      } catch (InterruptedException e) {
        throw Describer.interrupted();
      }
      pause = Math.min(pause * 2, pace.longestPoll().toMillis());
    }
  }
}
