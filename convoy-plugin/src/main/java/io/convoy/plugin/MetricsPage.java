package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.Convoy;
import io.convoy.core.ConvoyInfo;
import io.convoy.core.VolumeStatus;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Not in v0.5.2: figures for Prometheus, in its text format. What is counted is counted elsewhere;
 * this is put together when it is asked for, so that nothing of it is loaded before.
 *
 * <p>What can't be found out is left out, and {@code convoy_unreadable} says so: it is never 0.
 */
final class MetricsPage implements Call {
  /** Where drivers tell how large their storage is, and how much of it is used or free. */
  private static final List<Space> SPACES =
      List.of(
          new Space("data", "ThinpoolSize", "ThinpoolUsed", true),
          new Space("metadata", "MetadataSize", "MetadataUsed", true),
          new Space("data", "TotalBytes", "FreeBytes", false));

  private final Convoy convoy;
  private final Jobs jobs;
  private final Counts counts;
  private final RequestTimes requests;
  private final String version;

  private record Space(String part, String sizeKey, String otherKey, boolean otherIsUsed) {}

  MetricsPage(Convoy convoy, Jobs jobs, Counts counts, RequestTimes requests, String version) {
    this.convoy = convoy;
    this.jobs = jobs;
    this.counts = counts;
    this.requests = requests;
    this.version = version;
  }

  @Override
  public Response answer(Request request) throws IOException {
    return Response.text(200, contentType(), text());
  }

  static String contentType() {
    return PrometheusTextFormatWriter.CONTENT_TYPE;
  }

  /** Returns the page. */
  String text() throws IOException {
    MetricSnapshots.Builder page = MetricSnapshots.builder();
    Gauge unreadable =
        new Gauge("convoy_unreadable", "What could not be found out is left out of this page.");
    addDaemon(page);
    addVolumes(page, unreadable);
    addStorage(page, unreadable);
    addJobs(page);
    addEvents(page);
    addRequests(page);
    unreadable.addTo(page);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, page.build());
    return out.toString(UTF_8);
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1000.0;
  }

  private void addDaemon(MetricSnapshots.Builder page) {
    new Gauge("convoy_version", "The daemon's version, as a label.")
        .value(1, "version", version)
        .addTo(page);
    new Gauge("convoy_start_time_seconds", "When the daemon was started, in seconds since 1970.")
        .value(seconds(counts.start()))
        .addTo(page);
  }

  private void addVolumes(MetricSnapshots.Builder page, Gauge unreadable) {
    List<VolumeStatus> volumes;
    try {
      volumes = convoy.list();
    } catch (IOException e) {
      unreadable.value(1, "what", "volumes");
      return;
    }
    Map<Labels, Integer> byState = new TreeMap<>();
    Map<Labels, Integer> mounted = new TreeMap<>();
    Map<Labels, Integer> snapshots = new TreeMap<>();
    Gauge size = new Gauge("convoy_volume_size_bytes", "The size of a volume that has one.");
    Gauge backupTime =
        new Gauge(
            "convoy_volume_last_backup_timestamp_seconds",
            "When this host's last good backup of a volume was made, in seconds since 1970.");
    Gauge backupAge =
        new Gauge(
            "convoy_volume_last_backup_age_seconds",
            "How long ago this host's last good backup of a volume was made.");
    Instant now = Instant.now();
    for (VolumeStatus status : volumes) {
      Labels driver = Labels.of("driver", status.driver());
      Labels volume = driver.add("volume", status.volume().name().value());
      byState.merge(
          driver.add("state", status.state().name().toLowerCase(Locale.ROOT)), 1, Integer::sum);
      mounted.merge(driver, status.mountPoint().isPresent() ? 1 : 0, Integer::sum);
      snapshots.merge(driver, status.volume().snapshots().size(), Integer::sum);
      status.volume().sizeBytes().ifPresent(bytes -> size.value((double) bytes, volume));
      status
          .lastBackup()
          .ifPresent(
              backup -> {
                backupTime.value(seconds(backup.time()), volume);
                backupAge.value(seconds(now) - seconds(backup.time()), volume);
              });
    }
    new Gauge("convoy_volumes", "Volumes.").values(byState).addTo(page);
    new Gauge("convoy_volumes_mounted", "Volumes that are mounted here.")
        .values(mounted)
        .addTo(page);
    new Gauge("convoy_snapshots", "Snapshots.").values(snapshots).addTo(page);
    size.addTo(page);
    backupTime.addTo(page);
    backupAge.addTo(page);
  }

  private void addStorage(MetricSnapshots.Builder page, Gauge unreadable) {
    ConvoyInfo info;
    try {
      info = convoy.info();
    } catch (IOException e) {
      unreadable.value(1, "what", "drivers");
      return;
    }
    Gauge size = new Gauge("convoy_storage_size_bytes", "The size of a driver's storage.");
    Gauge used = new Gauge("convoy_storage_used_bytes", "How much of a driver's storage is used.");
    info.drivers()
        .forEach(
            (driver, facts) -> {
              for (Space space : SPACES) {
                if (facts.containsKey(space.sizeKey()) && facts.containsKey(space.otherKey())) {
                  double total = Double.parseDouble(facts.get(space.sizeKey()));
                  double other = Double.parseDouble(facts.get(space.otherKey()));
                  Labels labels = Labels.of("driver", driver, "part", space.part());
                  size.value(total, labels);
                  used.value(space.otherIsUsed() ? other : total - other, labels);
                }
              }
            });
    size.addTo(page);
    used.addTo(page);
    new Gauge("convoy_problems", "Problems that 'convoy info' lists.")
        .value(
            info.problems().size()
                + (double)
                    info.drivers().values().stream()
                        .filter(facts -> facts.containsKey("Problem"))
                        .count())
        .addTo(page);
  }

  private void addJobs(MetricSnapshots.Builder page) {
    new Gauge("convoy_jobs_running", "Long work that is being done.")
        .value(jobs.running())
        .addTo(page);
  }

  private void addEvents(MetricSnapshots.Builder page) {
    CounterSnapshot.Builder events =
        CounterSnapshot.builder().name("convoy_events").help("What happened, see convoy events.");
    counts.events().forEach((kind, count) -> events.dataPoint(point(count, "event", kind.label())));
    page.metricSnapshot(events.build());
    CounterSnapshot.Builder bytes =
        CounterSnapshot.builder()
            .name("convoy_backup_bytes")
            .help(
                "The bytes of finished backups: of their content, of what was new in it, of what"
                    + " was stored for that.");
    Map<String, Long> sums = counts.backupBytes();
    for (String what : List.of("Content", "New", "Stored")) {
      bytes.dataPoint(point(sums.getOrDefault(what, 0L), "bytes", what.toLowerCase(Locale.ROOT)));
    }
    page.metricSnapshot(bytes.build());
  }

  private static CounterDataPointSnapshot point(long value, String... labels) {
    return CounterDataPointSnapshot.builder()
        .value((double) value)
        .labels(Labels.of(labels))
        .build();
  }

  private void addRequests(MetricSnapshots.Builder page) {
    HistogramSnapshot.Builder seconds =
        HistogramSnapshot.builder()
            .name("convoy_request_seconds")
            .help("How long requests took, to the end of their answers.");
    CounterSnapshot.Builder failures =
        CounterSnapshot.builder()
            .name("convoy_request_failures")
            .help("Requests whose answer told of a problem, Docker's too.");
    Map<String, Long> failed = new TreeMap<>();
    requests
        .all()
        .forEach(
            (key, times) -> {
              seconds.dataPoint(point(key, times));
              long all = 0;
              for (long count : times.counts()) {
                all += count;
              }
              failed.merge(key.route(), key.failed() ? all : 0, Long::sum);
            });
    failed.forEach((call, count) -> failures.dataPoint(point(count, "call", call)));
    page.metricSnapshot(seconds.build());
    page.metricSnapshot(failures.build());
  }

  private static HistogramDataPointSnapshot point(RequestTimes.Key key, RequestTimes.Times times) {
    List<Double> bounds = new ArrayList<>();
    List<Long> buckets = new ArrayList<>();
    long[] counted = times.counts();
    for (int i = 0; i < counted.length; i++) {
      bounds.add(
          i < RequestTimes.BOUNDS.length ? RequestTimes.BOUNDS[i] : Double.POSITIVE_INFINITY);
      buckets.add(counted[i]);
    }
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, buckets))
        .sum(times.seconds())
        .labels(
            Labels.of(
                "call",
                key.route(),
                "status",
                Integer.toString(key.status()),
                "failed",
                Boolean.toString(key.failed())))
        .build();
  }

  /** A figure that goes up and down. */
  private static final class Gauge {
    private final GaugeSnapshot.Builder builder = GaugeSnapshot.builder();

    Gauge(String name, String help) {
      builder.name(name).help(help);
    }

    Gauge value(double value, Labels labels) {
      builder.dataPoint(GaugeDataPointSnapshot.builder().value(value).labels(labels).build());
      return this;
    }

    Gauge value(double value, String... labels) {
      return value(value, Labels.of(labels));
    }

    Gauge values(Map<Labels, Integer> values) {
      values.forEach((labels, value) -> value(value, labels));
      return this;
    }

    void addTo(MetricSnapshots.Builder page) {
      page.metricSnapshot(builder.build());
    }
  }
}
