package io.convoy.cli;

import io.convoy.core.Progress;
import java.io.InterruptedIOException;

/** How far work in this process is. */
final class ImageProgress implements Progress {
  private final ProgressLine line;
  private volatile boolean cancelled;

  ImageProgress(ProgressLine line) {
    this.line = line;
  }

  /** Has the work end, and what it was doing undone. */
  synchronized void cancel() {
    cancelled = true;
    line.close();
  }

  @Override
  public synchronized void report(long doneBytes, long totalBytes) {
    if (!cancelled) {
      line.report(doneBytes, totalBytes);
    }
  }

  @Override
  public void checkCancelled() throws InterruptedIOException {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("cancelled");
    }
  }
}
