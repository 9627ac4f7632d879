package io.convoy.vfs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks again and again whether a storage answers, in a thread of its own: a call to a server that
 * is gone waits in the kernel until it is back, and nothing in this process can end that.
 */
final class ShareWatch implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(ShareWatch.class.getName());
  private static final long PAUSE_MILLIS = 1000;

  /** What may take this long on a busy machine. */
  static final Duration USUAL = Duration.ofSeconds(3);

  private final Path path;
  private final Question question;
  private final Runnable whenBack;
  private final Thread thread;
  private volatile boolean closed;
  // Guarded by this.
  private long answeredNanos = System.nanoTime();
  private long askedNanos = answeredNanos;
  private long unbrokenSinceNanos = answeredNanos;
  private boolean waiting;
  private boolean wanted;
  private String failure = "";

  /** Asks the storage something; returns what went wrong, or an empty text. */
  @FunctionalInterface
  interface Question {
    /** Returns when the storage has answered, which may be never. */
    String ask();
  }

  private ShareWatch(Path path, Question question, Runnable whenBack) {
    this.path = path;
    this.question = question;
    this.whenBack = whenBack;
    this.thread = new Thread(this::watch, "convoy-vfs-watch");
    thread.setDaemon(true);
  }

  /**
   * Starts to ask.
   *
   * @param whenBack is run when the storage answers again that did not for a while
   */
  static ShareWatch start(Path path, Runnable whenBack) {
    return start(path, () -> askForSpace(path), whenBack);
  }

  static ShareWatch start(Path path, Question question, Runnable whenBack) {
    ShareWatch watch = new ShareWatch(path, question, whenBack);
    watch.thread.start();
    return watch;
  }

  private void watch() {
    boolean told = false;
    while (!closed) {
      asks();
      String problem = question.ask();
      boolean broken = problem.isEmpty() && answered();
      if (!problem.isEmpty()) {
        failed(problem);
        if (!told && isSilent()) {
          LOGGER.log(WARNING, "{0}", describe());
          told = true;
        }
      } else if (broken) {
        LOGGER.log(INFO, "vfs.path ''{0}'' answers again", path);
        told = false;
        // It may take long, or hang in its turn.
        Thread back = new Thread(whenBack, "convoy-vfs-back");
        back.setDaemon(true);
        back.start();
      }
      try {
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void pause() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
    for (long left = PAUSE_MILLIS; left > 0 && !wanted; ) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    wanted = false;
  }

  /** Has the storage asked at once, unless it has yet to answer. */
  synchronized void askNow() {
    if (!waiting) {
      wanted = true;
      notifyAll();
    }
  }

  private static String askForSpace(Path path) {
    try {
      // An NFS client remembers much, but asks the server for this every time.
      return Files.getFileStore(path).getUsableSpace() < 0 ? "it has less than no space" : "";
    } catch (NoSuchFileException | AccessDeniedException e) {
      return ""; // an answer; what it means is others' matter
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private synchronized void asks() {
    askedNanos = System.nanoTime();
    waiting = true;
  }

  private synchronized void failed(String problem) {
    failure = problem;
    waiting = false;
  }

  /** Notes an answer, and returns whether there was a break before it. */
  private synchronized boolean answered() {
    long now = System.nanoTime();
    boolean broken = now - answeredNanos > USUAL.toNanos();
    if (broken) {
      unbrokenSinceNanos = now;
    }
    answeredNanos = now;
    failure = "";
    waiting = false;
    return broken;
  }

  /** Returns for how long a question has been waiting for its answer. */
  synchronized Duration silence() {
    long now = System.nanoTime();
    if (!failure.isEmpty()) {
      return Duration.ofNanos(now - answeredNanos);
    }
    // A process that was stopped meanwhile has nothing to say about the storage.
    return waiting ? Duration.ofNanos(now - askedNanos) : Duration.ZERO;
  }

  /** Returns whether the storage has not answered for longer than usual. */
  boolean isSilent() {
    return silence().compareTo(USUAL) > 0;
  }

  /** Returns for how long the storage has answered this host without a break. */
  synchronized Duration contact() {
    return isSilent() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - unbrokenSinceNanos);
  }

  /** Returns that and for how long the storage has not answered, in words. */
  synchronized String describe() {
    return "vfs.path '%s' has not answered for %s s%s: is its server there?"
        .formatted(path, silence().toSeconds(), failure.isEmpty() ? "" : " (" + failure + ")");
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
