package io.convoy.core;

import java.io.InterruptedIOException;

/**
 * Hears how far a transfer is, and can stop it. Called from several threads, several times a second
 * at the most; must answer at once.
 */
public interface Progress {
  /** Hears nothing and stops nothing. */
  Progress NONE = (doneBytes, totalBytes) -> {};

  /**
   * Reports the bytes of the volume that are dealt with, whether they had to be moved or not.
   *
   * @param totalBytes the bytes to deal with in all, or -1 when that is not known yet
   */
  void report(long doneBytes, long totalBytes);

  /**
   * Returns normally if the transfer shall go on.
   *
   * @throws InterruptedIOException if it was cancelled; the transfer undoes itself and rethrows
   */
  default void checkCancelled() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("cancelled");
    }
  }
}
