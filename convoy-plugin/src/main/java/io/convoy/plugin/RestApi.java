package io.convoy.plugin;

import io.convoy.core.Convoy;

/** The calls of v0.5.2's REST API, and those beside them. */
final class RestApi {
  private RestApi() {}

  static void addTo(
      Router router, Convoy convoy, Jobs jobs, DaemonSettings settings, String version) {
    LongCalls longCalls = new LongCalls(jobs);
    VolumeCalls volumes = new VolumeCalls(convoy, longCalls);
    TrashCalls trash = new TrashCalls(convoy, longCalls);
    SnapshotCalls snapshots = new SnapshotCalls(convoy, longCalls);
    BackupCalls backups = new BackupCalls(convoy, longCalls);
    JobCalls jobCalls = new JobCalls(jobs, longCalls);
    DoctorCalls doctor = new DoctorCalls(convoy);
    router
        .add("GET", "/info", new InfoCall(convoy, settings, version))
        .add("GET", "/doctor", doctor::examine)
        .add("POST", "/doctor", doctor::repair)
        .add("GET", "/volumes/list", volumes::list)
        .add("GET", "/volumes", volumes::inspect)
        .add("POST", "/volumes/create", volumes::create)
        .add("DELETE", "/volumes", volumes::delete)
        .add("POST", "/volumes/resize", volumes::resize)
        .add("POST", "/volumes/mount", volumes::mount)
        .add("POST", "/volumes/umount", volumes::umount)
        .add("GET", "/jobs/list", jobCalls::list)
        .add("GET", "/jobs", jobCalls::inspect)
        .add("POST", "/jobs/wait", jobCalls::await)
        .add("POST", "/jobs/cancel", jobCalls::cancel)
        .add("GET", "/trash/list", trash::list)
        .add("POST", "/trash/restore", trash::restore)
        .add("POST", "/trash/empty", trash::empty)
        .add("GET", "/snapshots", snapshots::inspect)
        .add("POST", "/snapshots/create", snapshots::create)
        .add("DELETE", "/snapshots", snapshots::delete)
        .add("GET", "/backups/list", backups::list)
        .add("GET", "/backups/inspect", backups::inspect)
        .add("POST", "/backups/create", backups::create)
        .add("DELETE", "/backups", backups::delete)
        .add("POST", "/backups/verify", backups::verify)
        .add("POST", "/backups/gc", backups::collectGarbage);
  }
}
