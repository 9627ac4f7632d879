package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PatientCallsTest {
  @TempDir Path directory;
  private final CountDownLatch release = new CountDownLatch(1);
  private ShareWatch watch;
  private PatientCalls calls;
  private ShareWatch silent;

  @BeforeEach
  void setUp() {
    watch = ShareWatch.start(directory, () -> {});
    calls = new PatientCalls(watch);
  }

  @AfterEach
  void tearDown() {
    release.countDown();
    calls.close();
    watch.close();
    if (silent != null) {
      silent.close();
    }
  }

  /** As when the server is gone: nothing comes back, whatever is asked. */
  private PatientCalls callsToSilentStorage() {
    silent =
        ShareWatch.start(
            directory,
            () -> {
              try {
                release.await();
                return "";
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "closed";
              }
            },
            () -> {});
    return new PatientCalls(silent);
  }

  private static void sleep(int millis) throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("undone");
    }
  }

  private String hang(PatientCalls.Call call) throws IOException {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("undone");
    }
    return "done";
  }

  @Test
  void quick_slowWorkOfStorageThatAnswers_isWaitedFor() throws Exception {
    assertThat(
            calls.quick(
                call -> {
                  sleep(1500);
                  return "late";
                },
                Duration.ofMillis(100)))
        .contains("late");
  }

  @Test
  void quick_storageSilent_isEmptyInTimeAndGoesOn() throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    PatientCalls hanging = callsToSilentStorage();
    long start = System.nanoTime();

    assertThat(
            hanging.quick(
                call -> {
                  end.complete(hang(call));
                  return "late";
                },
                Duration.ofMillis(100)))
        .isEmpty();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    release.countDown();
    assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("done");
  }

  @Test
  void call_workFails_throwsWhatItThrew() {
    assertThatThrownBy(
            () ->
                calls.call(
                    call -> {
                      throw new StorageMissingException("missing");
                    }))
        .isInstanceOf(StorageMissingException.class)
        .hasMessage("missing");
    assertThatThrownBy(
            () ->
                calls.call(
                    call -> {
                      throw new IllegalArgumentException("wrong");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void call_callerIsInterrupted_workUndoesItself() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                calls.call(this::hang);
                thrown.complete(null);
              } catch (IOException e) {
                interrupted.set(Thread.currentThread().isInterrupted());
                thrown.complete(e);
              }
            });
    caller.start();
    Thread.sleep(300);

    caller.interrupt();

    assertThat(thrown.get(10, TimeUnit.SECONDS))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("undone");
    assertThat(interrupted).isTrue();
    assertThat(calls.<Boolean>call(call -> Thread.currentThread().isInterrupted())).isFalse();
  }

  @Test
  void quick_allThreadsHang_isEmptyAtOnceAndCallsAreRefused() throws Exception {
    PatientCalls hanging = callsToSilentStorage();
    for (int i = 0; i < 128; i++) {
      assertThat(hanging.quick(this::hang, Duration.ofMillis(1))).isEmpty();
    }

    assertThat(hanging.quick(call -> "free", Duration.ofSeconds(10))).isEmpty();
    assertThatThrownBy(() -> hanging.call(call -> "free"))
        .isInstanceOf(NoAnswerException.class)
        .hasMessageContaining("128 calls wait");
  }
}
