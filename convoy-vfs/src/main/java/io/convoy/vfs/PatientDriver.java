package io.convoy.vfs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.DeleteMode;
import io.convoy.core.DriverContext;
import io.convoy.core.Examination;
import io.convoy.core.Finding;
import io.convoy.core.OtherHosts;
import io.convoy.core.Snapshots;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.vfs.VfsSettings.Location;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The driver in front of a storage that may stop to answer, or may not be there yet. Calls end in
 * bounded time then, and what volumes there are is answered from memory.
 */
final class PatientDriver implements VolumeDriver {
  private static final Logger LOGGER = System.getLogger(PatientDriver.class.getName());
  private static final long RETRY_MILLIS = 1000;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final DriverContext context;
  private final VfsConfig config;
  private final Location location;
  private final ShareWatch watch;
  private final PatientCalls calls;
  private final Map<VolumeName, Volume> known = new ConcurrentSkipListMap<>();
  private final List<Runnable> whenBack = new ArrayList<>();
  private volatile VfsDriver driver;
  private volatile String missing = "";
  private volatile boolean closed;

  private PatientDriver(DriverContext context, VfsConfig config, Location location) {
    this.context = context;
    this.config = config;
    this.location = location;
    this.watch = ShareWatch.start(location.path(), this::back);
    this.calls = new PatientCalls(watch);
  }

  /**
   * Opens the storage. One that was there before and is missing now, or does not answer, is waited
   * for, beside everything else.
   */
  static PatientDriver open(DriverContext context, VfsConfig config) throws IOException {
    PatientDriver opened =
        new PatientDriver(context, config, VfsSettings.locate(context.root(), config));
    try {
      opened.openStorage();
    } catch (StorageMissingException | NoAnswerException e) {
      if (e instanceof NoAnswerException && !opened.location.recorded()) {
        opened.close();
        throw e;
      }
      opened.openLater(e);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private void openStorage() throws IOException {
    calls.call(
        call -> {
          VfsDriver opened = VfsDriver.open(context, config, watch::contact);
          if (call.isAbandoned() || closed) {
            opened.close();
          } else {
            remember(opened.list((name, problem) -> {}));
            driver = opened;
          }
          return opened;
        });
  }

  private void openLater(IOException reason) {
    missing = reason.getMessage();
    LOGGER.log(WARNING, "Driver vfs waits for its storage: {0}", missing);
    Thread opener = new Thread(this::openWhenThere, "convoy-vfs-open");
    opener.setDaemon(true);
    opener.start();
  }

  private void openWhenThere() {
    while (!closed && driver == null) {
      try {
        Thread.sleep(RETRY_MILLIS);
        openStorage();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        missing = String.valueOf(e.getMessage());
      }
    }
    LOGGER.log(INFO, "vfs.path ''{0}'' is there", location.path());
    back();
  }

  /** Returns the driver, if its storage has been there. */
  private VfsDriver driver() throws IOException {
    VfsDriver opened = driver;
    if (opened == null) {
      throw new StorageMissingException(missing);
    }
    return opened;
  }

  private void remember(List<Volume> volumes) {
    known.keySet().retainAll(volumes.stream().map(Volume::name).toList());
    volumes.forEach(volume -> known.put(volume.name(), volume));
  }

  private void remember(VolumeName name, Optional<Volume> volume) {
    volume.ifPresentOrElse(found -> known.put(name, found), () -> known.remove(name));
  }

  private void back() {
    List<Runnable> actions;
    synchronized (whenBack) {
      if (driver == null) {
        return;
      }
      actions = List.copyOf(whenBack);
    }
    actions.forEach(Runnable::run);
  }

  @Override
  public void whenBack(Runnable action) {
    boolean missed;
    synchronized (whenBack) {
      whenBack.add(action);
      missed = driver != null && !missing.isEmpty();
    }
    if (missed) {
      action.run();
    }
  }

  @Override
  public Map<String, String> info() throws IOException {
    VfsDriver opened = driver;
    if (opened == null) {
      return silentInfo(missing);
    }
    Optional<Map<String, String>> info = calls.quick(call -> opened.info(), PatientCalls.QUICK);
    return info.isPresent() ? info.get() : silentInfo(slow());
  }

  private Map<String, String> silentInfo(String problem) {
    return Map.of(
        "Root",
        context.root().toString(),
        "Path",
        location.path().toString(),
        "Shared",
        Boolean.toString(location.shared()),
        "Problem",
        problem);
  }

  private String slow() {
    return watch.isSilent()
        ? watch.describe()
        : "vfs.path '%s' answers slowly".formatted(location.path());
  }

  @Override
  public Volume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler)
      throws IOException {
    VfsDriver opened = driver();
    return calls.call(
        call ->
            opened.create(
                spec,
                uuid,
                filler.map(
                    given ->
                        target -> {
                          given.fill(target);
                          if (call.isAbandoned()) {
                            throw new IOException("Nobody waits for the volume any more");
                          }
                        })),
        volume -> remember(volume.name(), Optional.of(volume)));
  }

  @Override
  public void delete(VolumeName volume, DeleteMode mode) throws IOException {
    VfsDriver opened = driver();
    calls.call(
        call -> {
          opened.delete(volume, mode);
          return volume;
        },
        known::remove);
  }

  @Override
  public Path mount(VolumeName volume, Optional<Path> mountPoint) throws IOException {
    VfsDriver opened = driver();
    return calls.call(
        call -> {
          boolean before = opened.hasMounted(volume);
          Path place = opened.mount(volume, mountPoint);
          if (call.isAbandoned() && !before) {
            opened.unmountLater(volume);
          }
          return place;
        });
  }

  @Override
  public void unmount(VolumeName volume) throws IOException {
    VfsDriver opened = driver();
    try {
      calls.call(
          call -> {
            opened.unmount(volume);
            return volume;
          });
    } catch (NoAnswerException e) {
      // A container has ended, and its volume is not to count as mounted for good.
      opened.unmountLater(volume);
    }
  }

  @Override
  public Optional<Volume> get(VolumeName volume) throws IOException {
    VfsDriver opened = driver();
    PatientCalls.Work<Optional<Volume>> work =
        call -> {
          Optional<Volume> found = opened.get(volume);
          remember(volume, found);
          return found;
        };
    Volume before = known.get(volume);
    if (before == null) {
      return calls.call(work, ShareWatch.USUAL);
    }
    return calls.quick(work, PatientCalls.QUICK).orElse(Optional.of(before));
  }

  @Override
  public List<Volume> list(ProblemListener problems) throws IOException {
    VfsDriver opened = driver;
    if (opened == null) {
      problems.unavailable(missing);
      return List.of();
    }
    record Listed(List<Volume> volumes, Map<String, String> problems) {}
    PatientCalls.Work<Listed> work =
        call -> {
          Map<String, String> found = new ConcurrentSkipListMap<>();
          List<Volume> volumes = opened.list(found::put);
          remember(volumes);
          return new Listed(volumes, found);
        };
    Optional<Listed> listed;
    try {
      listed =
          problems.waits()
              ? Optional.of(calls.call(work, ShareWatch.USUAL))
              : calls.quick(work, PatientCalls.QUICK);
    } catch (StorageMissingException | NoAnswerException e) {
      return lastSeen(problems, e.getMessage());
    }
    if (listed.isPresent()) {
      listed.get().problems().forEach(problems::report);
      return listed.get().volumes();
    }
    return lastSeen(problems, slow());
  }

  private List<Volume> lastSeen(ProblemListener problems, String problem) {
    problems.unavailable(problem + "; its volumes are told as they were last seen");
    return List.copyOf(known.values());
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(new PatientSnapshots(calls, this::driver, this::rememberNow));
  }

  private void rememberNow(VolumeName volume) throws IOException {
    remember(volume, driver().get(volume));
  }

  @Override
  public Optional<OtherHosts> otherHosts() {
    return Optional.of(
        volume -> {
          OtherHosts others = driver().otherHosts().orElseThrow();
          calls.call(
              call -> {
                others.forget(volume);
                return volume;
              });
        });
  }

  @Override
  public Optional<Examination> examination() {
    return Optional.of(new PatientExamination());
  }

  /** A storage that is not there is told with the list of its volumes. */
  private final class PatientExamination implements Examination {
    @Override
    public List<Finding> examine() throws IOException {
      VfsDriver opened = driver;
      return opened == null
          ? List.of()
          : calls.call(call -> opened.examination().orElseThrow().examine());
    }

    @Override
    public List<String> repair() throws IOException {
      VfsDriver opened = driver;
      return opened == null
          ? List.of()
          : calls.call(call -> opened.examination().orElseThrow().repair());
    }
  }

  @Override
  public boolean isShared() {
    return location.shared();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    VfsDriver opened = driver;
    try {
      if (opened != null) {
        Optional<Boolean> told =
            calls.quick(
                call -> {
                  opened.close();
                  return true;
                },
                CLOSE_LIMIT);
        if (told.isEmpty()) {
          LOGGER.log(WARNING, "Other hosts could not be told that this one stops: {0}", slow());
        }
      }
    } finally {
      calls.close();
      watch.close();
    }
  }
}
