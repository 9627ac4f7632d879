package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class JobsTest {
  private final Jobs jobs = new Jobs();

  @Test
  void run_resultAndFailure_reachTheCaller() throws IOException {
    String result = jobs.run(progress -> "done");
    assertThat(result).isEqualTo("done");
    assertThatThrownBy(
            () ->
                jobs.run(
                    progress -> {
                      throw new IOException("bad");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("bad");
    assertThatThrownBy(
            () ->
                jobs.run(
                    progress -> {
                      throw new OutOfMemoryError("much");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("much");
  }

  @Test
  void stop_workThatAsks_isCancelledAtOnce() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Job<String> job =
        jobs.start(
            progress -> {
              progress.report(3, 10);
              started.countDown();
              while (true) {
                progress.checkCancelled();
                pause();
              }
            });
    started.await();
    assertThat(job.state()).isEqualTo(new Job.State(3, 10));

    long start = System.nanoTime();
    jobs.stop(Duration.ofSeconds(20));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    assertThatThrownBy(job::result).isInstanceOf(InterruptedIOException.class);
    assertThatThrownBy(() -> jobs.start(progress -> "more"))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessageContaining("stopping");
  }

  @Test
  void stop_workThatDoesNotAsk_isInterrupted() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Job<String> job =
        jobs.start(
            progress -> {
              try {
                never.await();
                return "never";
              } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted");
              }
            });

    jobs.stop(Duration.ofMillis(200));

    assertThat(job.await(Duration.ofSeconds(10))).isTrue();
    assertThatThrownBy(job::result).isInstanceOf(InterruptedIOException.class);
  }

  private static void pause() throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
