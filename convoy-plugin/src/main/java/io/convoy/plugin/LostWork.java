package io.convoy.plugin;

import io.convoy.core.Convoy;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeState;
import io.convoy.core.VolumeStatus;
import java.io.IOException;
import java.util.Optional;

/** Says what became of work that a daemon which is no more had begun. */
final class LostWork {
  private final Convoy convoy;

  /**
   * Makes one.
   *
   * @param convoy opened since, so that it has finished or undone what was half done
   */
  LostWork(Convoy convoy) {
    this.convoy = convoy;
  }

  String outcome(JobReport report) {
    return switch (report.title().kind()) {
      case CREATE, RESTORE -> volume(report.title().subject());
      case BACKUP ->
          "'convoy backup list' shows whether it was published; if not, the next one finds the"
              + " blocks that are stored already";
      case SNAPSHOT, RESIZE, TRASH_RESTORE ->
          "'convoy inspect %s' shows whether it was done".formatted(report.title().subject());
      case TRASH_EMPTY -> "'convoy trash list' shows what is left";
      case VERIFY, GC -> "it can be run again";
    };
  }

  private String volume(String name) {
    try {
      Optional<VolumeStatus> status = convoy.find(new VolumeName(name));
      return status.isEmpty()
          ? "what it had made was undone"
          : status.get().state() == VolumeState.READY && status.get().problem().isEmpty()
              ? "the volume is there, and whole"
              : "the volume is " + Documents.state(status.get());
    } catch (IOException | IllegalArgumentException e) {
      return "what is left of it can't be found out: " + ApiError.oneLine(e);
    }
  }
}
