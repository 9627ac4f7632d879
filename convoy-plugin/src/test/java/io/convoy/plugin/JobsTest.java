package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.plugin.JobReport.State;
import io.convoy.plugin.http.Caller;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class JobsTest {
  private static final JobTitle TITLE = JobTitle.of(JobTitle.Kind.VERIFY, "url");
  private static final Caller CALLER = new Caller(7, 8);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private final Jobs jobs = new Jobs();

  private Jobs onDisk() {
    return new Jobs(Optional.of(new JobRecords(directory)));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static JsonNode untilCancelled(Progress progress) throws IOException {
    while (true) {
      progress.checkCancelled();
      pause();
    }
  }

  private static Job ended(Jobs jobs, Jobs.Work work) throws IOException {
    Job job = jobs.start(TITLE, CALLER, work);
    assertThat(job.await(LIMIT)).isTrue();
    await().pollInterval(Duration.ofMillis(2)).until(() -> jobs.running(job.id()).isEmpty());
    return job;
  }

  @Test
  void start_resultAndFailure_reachTheCallerAndAreKept() throws IOException {
    Job done = ended(jobs, progress -> new TextNode("done"));
    Job bad =
        ended(
            jobs,
            progress -> {
              throw new IOException("bad");
            });
    Job error =
        ended(
            jobs,
            progress -> {
              throw new OutOfMemoryError("much");
            });

    assertThat(done.result()).isEqualTo(new TextNode("done"));
    assertThatThrownBy(bad::result).isInstanceOf(IOException.class).hasMessage("bad");
    assertThatThrownBy(error::result).isInstanceOf(IOException.class).hasMessageContaining("much");
    assertThat(jobs.get(done.id()).result()).contains(new TextNode("done"));
    assertThat(jobs.get(bad.id()).state()).isEqualTo(State.FAILED);
    assertThat(jobs.list())
        .extracting(JobReport::id)
        .containsExactlyInAnyOrder(done.id(), bad.id(), error.id());
  }

  @Test
  void get_unknownId_isNotFound() {
    assertThatThrownBy(() -> jobs.get("00000000"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("'00000000'");
  }

  @Test
  void keep_manyJobs_forgetsTheOldestOnes() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      ids.add(ended(jobs, progress -> new TextNode("done")).id());
    }

    assertThat(jobs.list()).hasSize(100);
    assertThatThrownBy(() -> jobs.get(ids.get(29))).isInstanceOf(NotFoundException.class);
    assertThat(jobs.get(ids.get(30)).state()).isEqualTo(State.DONE);
  }

  @Test
  void keep_briefJobAmongManyLongOnes_isKnown() throws IOException {
    JobRecords records = new JobRecords(directory);
    for (int i = 0; i < 120; i++) {
      Instant start = Instant.now().minusSeconds(1000 - i);
      records.save(
          new JobReport(
              "long%04d".formatted(i),
              TITLE,
              CALLER,
              start,
              Optional.of(start.plusSeconds(5)),
              State.DONE,
              0,
              -1,
              Optional.of(new TextNode("done")),
              Optional.empty()));
    }
    Jobs second = onDisk();
    second.adopt(report -> "not asked");

    Job brief = ended(second, progress -> new TextNode("brief"));

    assertThat(second.get(brief.id()).state()).isEqualTo(State.DONE);
    assertThat(second.get("long0020").state()).isEqualTo(State.DONE);
    assertThatThrownBy(() -> second.get("long0019")).isInstanceOf(NotFoundException.class);
    assertThat(files()).hasSize(100).doesNotContain("long0019.json");
    second.stop(LIMIT);
  }

  @Test
  void cancel_runningJob_isCancelledByWhomItSays() throws Exception {
    Job job = jobs.start(TITLE, CALLER, JobsTest::untilCancelled);
    job.cancel("asked for by somebody");
    assertThat(job.await(LIMIT)).isTrue();
    await().until(() -> jobs.get(job.id()).state().hasEnded());

    assertThat(jobs.get(job.id()).state()).isEqualTo(State.CANCELLED);
    assertThat(jobs.get(job.id()).error().orElseThrow().detail())
        .isEqualTo("The work was cancelled: asked for by somebody");
  }

  @Test
  void adopt_longJobThatEnded_isKnownToTheNextDaemon() throws Exception {
    Jobs first = onDisk();
    Job brief = ended(first, progress -> new TextNode("brief"));
    Job job =
        ended(
            first,
            progress -> {
              progress.report(4, 5);
              pause(1100);
              return Json.object().put("Key", "value");
            });
    first.stop(LIMIT);

    Jobs second = onDisk();
    second.adopt(report -> "not asked");

    assertThat(files()).containsExactly(job.id() + ".json");
    assertThatThrownBy(() -> second.get(brief.id())).isInstanceOf(NotFoundException.class);
    JobReport report = second.get(job.id());
    assertThat(report.state()).isEqualTo(State.DONE);
    assertThat(report.result()).contains(Json.object().put("Key", "value"));
    assertThat(report.caller()).isEqualTo(CALLER);
    assertThat(report.doneBytes()).isEqualTo(4);
  }

  @Test
  void adopt_jobThatRanWhenTheDaemonDied_saysWhatBecameOfIt() throws Exception {
    Jobs first = onDisk();
    Job job = first.start(TITLE, CALLER, JobsTest::untilCancelled);
    await().until(() -> files().contains(job.id() + ".json"));

    Jobs second = onDisk();
    second.adopt(report -> "nothing of it is left");

    JobReport report = second.get(job.id());
    assertThat(report.state()).isEqualTo(State.LOST);
    assertThat(report.error().orElseThrow().detail())
        .startsWith("The daemon ended while the verify of url ran")
        .endsWith(": nothing of it is left");
    first.stop(LIMIT);
  }

  @Test
  void adopt_brokenNote_hidesNoOtherJob() throws Exception {
    Jobs first = onDisk();
    Job job = first.start(TITLE, CALLER, JobsTest::untilCancelled);
    await().until(() -> files().contains(job.id() + ".json"));
    first.stop(LIMIT);
    Files.writeString(directory.resolve("aaaaaaaa.json"), "{\"ID\":");

    Jobs second = onDisk();
    second.adopt(report -> "not asked");

    assertThat(second.list()).extracting(JobReport::id).containsExactly(job.id());
    assertThat(second.get(job.id()).state()).isEqualTo(State.CANCELLED);
  }

  @Test
  void stop_workThatAsks_isCancelledAtOnce() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Job job =
        jobs.start(
            TITLE,
            CALLER,
            progress -> {
              progress.report(3, 10);
              started.countDown();
              while (true) {
                progress.checkCancelled();
                pause();
              }
            });
    started.await();
    assertThat(job.done()).isEqualTo(new Job.Done(3, 10));

    long start = System.nanoTime();
    jobs.stop(Duration.ofSeconds(20));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    assertThatThrownBy(job::result).isInstanceOf(InterruptedIOException.class);
    assertThatThrownBy(() -> jobs.start(TITLE, CALLER, progress -> new TextNode("more")))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessageContaining("stopping");
  }

  @Test
  void stop_workThatDoesNotAsk_isInterrupted() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Job job =
        jobs.start(
            TITLE,
            CALLER,
            progress -> {
              try {
                never.await();
                return new TextNode("never");
              } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted");
              }
            });

    jobs.stop(Duration.ofMillis(200));

    assertThat(job.await(Duration.ofSeconds(10))).isTrue();
    assertThatThrownBy(job::result).isInstanceOf(InterruptedIOException.class);
  }

  private static void pause() throws InterruptedIOException {
    pause(5);
  }

  private static void pause(long millis) throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
