package io.convoy.plugin;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of jobs on disk, a small file each, for the daemon's next start. A job never fails
 * because it can't be noted: that is logged.
 */
final class JobRecords {
  private static final System.Logger LOGGER = System.getLogger(JobRecords.class.getName());
  private static final String SUFFIX = ".json";

  private final Path directory;

  JobRecords(Path directory) {
    this.directory = directory;
  }

  private Path file(String id) {
    return directory.resolve(id + SUFFIX);
  }

  void save(JobReport report) {
    try {
      AtomicFiles.createDirectories(directory);
      new JsonFile(file(report.id())).write(report.json());
    } catch (IOException e) {
      LOGGER.log(WARNING, "Job {0} can''t be noted: {1}", report.id(), ApiError.oneLine(e));
    }
  }

  void delete(String id) {
    try {
      Files.deleteIfExists(file(id));
    } catch (IOException e) {
      LOGGER.log(WARNING, "The note of job {0} stays: {1}", id, ApiError.oneLine(e));
    }
  }

  /** Returns what is noted, in no order; what can't be read is logged and stays. */
  List<JobReport> load() {
    List<JobReport> reports = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return reports;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        read(file, reports);
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.log(WARNING, "Earlier jobs can''t be listed: {0}", ApiError.oneLine(e));
    }
    return reports;
  }

  private static void read(Path file, List<JobReport> reports) {
    try {
      new JsonFile(file).read().map(JobReport::of).ifPresent(reports::add);
    } catch (IOException | RuntimeException e) {
      LOGGER.log(WARNING, "{0} can''t be read: {1}", file, ApiError.oneLine(e));
    }
  }
}
