package io.convoy.plugin;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.VolumeName;
import io.convoy.plugin.http.Caller;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Runs long work in threads of its own, so that it does not depend on who waits for it, and knows
 * for a while what became of it. What runs longer than a moment is on disk, too: the next daemon
 * says what became of work that this one did not end.
 */
final class Jobs {
  private static final System.Logger LOGGER = System.getLogger(Jobs.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Work that takes no longer leaves no file. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  /** How many that took a moment are known, and how many that took longer. */
  private static final int MOST_ENDED = 100;

  private static final Duration KEEP = Duration.ofDays(7);
  private static final int ID_LENGTH = 8;

  private final Optional<JobRecords> records;
  private final Map<String, Job> running = new LinkedHashMap<>();
  private final Map<String, Ended> ended = new LinkedHashMap<>();
  private final ExecutorService threads;
  private final ScheduledExecutorService clock;
  private volatile boolean stopping;

  private record Ended(JobReport report, boolean brief) {}

  /** Makes jobs that are forgotten at the end of the daemon. */
  Jobs() {
    this(Optional.empty());
  }

  Jobs(Optional<JobRecords> records) {
    this.records = records;
    AtomicLong number = new AtomicLong();
    this.threads =
        Executors.newCachedThreadPool(
            task -> new Thread(task, "convoy-job-" + number.incrementAndGet()));
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "convoy-jobs");
              made.setDaemon(true);
              return made;
            });
  }

  /** Work that reports how far it is. */
  interface Work {
    JsonNode run(Progress progress) throws IOException;
  }

  /**
   * Takes over what an earlier daemon has noted.
   *
   * @param outcome says what became of work that ran when it ended
   */
  void adopt(Function<JobReport, String> outcome) {
    if (records.isEmpty()) {
      return;
    }
    List<JobReport> earlier = new ArrayList<>(records.get().load());
    earlier.sort(Comparator.comparing(JobReport::start));
    for (JobReport report : earlier) {
      JobReport known = report;
      if (!report.state().hasEnded()) {
        known = report.lost(Instant.now(), outcome.apply(report));
        LOGGER.log(WARNING, "Job {0}: {1}", known.id(), known.error().orElseThrow().detail());
        records.get().save(known);
      }
      keep(known, false);
    }
  }

  /**
   * Starts work.
   *
   * @param caller who asked for it
   */
  Job start(JobTitle title, Caller caller, Work work) throws IOException {
    Job job = register(title, caller, work);
    try {
      threads.execute(() -> run(job));
    } catch (RejectedExecutionException e) {
      IOException refusal =
          new InterruptedIOException("The daemon is stopping: nothing new is started");
      job.refuse(refusal);
      forget(job);
      throw refusal;
    }
    if (stopping) {
      job.cancel("the daemon stops");
    }
    return job;
  }

  private synchronized Job register(JobTitle title, Caller caller, Work work) {
    String id;
    do {
      id = UUID.randomUUID().toString().substring(0, ID_LENGTH);
    } while (running.containsKey(id) || ended.containsKey(id));
    Job job = new Job(id, title, caller, work);
    running.put(id, job);
    return job;
  }

  private synchronized void forget(Job job) {
    running.remove(job.id());
  }

  private void run(Job job) {
    ScheduledFuture<?> note = null;
    try {
      if (records.isPresent()) {
        note = clock.schedule(() -> note(job), MOMENT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (RejectedExecutionException e) {
      // The daemon stops: the work is about to be cancelled.
    }
    try {
      job.run();
    } finally {
      if (note != null) {
        note.cancel(false);
      }
      end(job);
    }
  }

  /** Notes a job that runs, unless it has ended meanwhile: its end must not be overwritten. */
  private void note(Job job) {
    synchronized (job) {
      JobReport report = job.report();
      if (!report.state().hasEnded()) {
        records.orElseThrow().save(report);
      }
    }
  }

  private void end(Job job) {
    JobReport report;
    boolean brief = job.age().compareTo(MOMENT) < 0;
    synchronized (job) {
      report = job.report();
      if (!brief && records.isPresent()) {
        records.get().save(report);
      }
    }
    forget(job);
    keep(report, brief);
  }

  private synchronized void keep(JobReport report, boolean brief) {
    ended.put(report.id(), new Ended(report, brief));
    Instant oldest = Instant.now().minus(KEEP);
    for (Ended each : List.copyOf(ended.values())) {
      if (each.report().end().orElse(Instant.MIN).isBefore(oldest)) {
        drop(each);
      }
    }
    // Apart, so that neither drives the others out.
    List<Ended> alike = ended.values().stream().filter(each -> each.brief() == brief).toList();
    alike.subList(0, Math.max(0, alike.size() - MOST_ENDED)).forEach(this::drop);
  }

  private void drop(Ended each) {
    ended.remove(each.report().id());
    if (!each.brief()) {
      records.ifPresent(known -> known.delete(each.report().id()));
    }
  }

  /** Returns the jobs that run and those that have ended and are known yet, by their start. */
  synchronized List<JobReport> list() {
    List<JobReport> reports = new ArrayList<>();
    ended.values().forEach(each -> reports.add(each.report()));
    running.values().stream()
        .map(Job::report)
        // It may just be on its way from the one list to the other.
        .filter(report -> !ended.containsKey(report.id()))
        .forEach(reports::add);
    reports.sort(Comparator.comparing(JobReport::start));
    return reports;
  }

  /**
   * Returns how a job stands.
   *
   * @throws NotFoundException if there is none of that ID, or it was forgotten
   */
  synchronized JobReport get(String id) throws NotFoundException {
    Job job = running.get(id);
    if (job != null) {
      return job.report();
    }
    Ended known = ended.get(id);
    if (known == null) {
      throw NotFoundException.job(id);
    }
    return known.report();
  }

  /** Returns how many jobs run. */
  synchronized int running() {
    return running.size();
  }

  /** Returns a job that runs. */
  synchronized Optional<Job> running(String id) {
    return Optional.ofNullable(running.get(id));
  }

  /** Returns the job that is making a volume. */
  synchronized Optional<Job> creating(VolumeName volume) {
    return running.values().stream().filter(job -> job.title().creates(volume)).findFirst();
  }

  /** Returns what became of the last job that made, or was to make, a volume. */
  synchronized Optional<JobReport> lastCreation(VolumeName volume) {
    return ended.values().stream()
        .map(Ended::report)
        .filter(report -> report.title().creates(volume))
        .reduce((first, second) -> second);
  }

  /** Cancels all work, and waits for it to undo itself; what does not in time is interrupted. */
  void stop(Duration limit) {
    stopping = true;
    threads.shutdown();
    List<Job> all;
    synchronized (this) {
      all = List.copyOf(running.values());
    }
    all.forEach(job -> job.cancel("the daemon was stopped"));
    try {
      if (!threads.awaitTermination(
          Math.min(GRACE.toMillis(), limit.toMillis()), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
        boolean inTime = threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!inTime) {
          LOGGER.log(
              WARNING,
              "Work goes on after {0} s; the next start sees to what it leaves",
              limit.toSeconds());
        }
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      clock.shutdownNow();
    }
  }
}
