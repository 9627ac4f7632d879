package io.convoy.devmapper;

import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_CREATE;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_INFO;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_LIST;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_RELOAD;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_REMOVE;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_RESUME;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_STATUS;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_SUSPEND;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_TABLE;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_TARGET_MSG;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_VERSION;
import static io.convoy.devmapper.LibDevmapper.DM_STRING_MANGLING_NONE;
import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.System.Logger;
import java.util.List;
import java.util.Optional;

/** Device-mapper through libdevmapper, which is not safe for threads: one command at a time. */
final class NativeDeviceMapper implements DeviceMapper {
  private static final Logger LOGGER = System.getLogger(NativeDeviceMapper.class.getName());
  private static final int VERSION_BYTES = 64;

  /** The library writes to this process's standard error unless it is given another place. */
  private static final LibDevmapper.Log LOG =
      (level, file, line, errnoOrClass, format) ->
          LOGGER.log(DEBUG, () -> "libdevmapper, level " + level + ": " + format.getString(0));

  private final LibDevmapper.Functions dm;
  private final String libraryVersion;

  private NativeDeviceMapper(LibDevmapper.Functions dm, String libraryVersion) {
    this.dm = dm;
    this.libraryVersion = libraryVersion;
  }

  /** Loads the library, and makes sure that it works with this kernel. */
  static DeviceMapper open() throws IOException {
    LibDevmapper.Functions dm;
    try {
      dm = LibDevmapper.load();
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(
          "libdevmapper 1.02 can't be loaded: %s; install libdevmapper1.02.1 (Debian, Ubuntu) or device-mapper-libs (Fedora)"
              .formatted(e.getMessage()),
          e);
    }
    byte[] version = new byte[VERSION_BYTES];
    if (dm.dm_get_library_version(version, version.length) == 0) {
      throw new IOException("libdevmapper does not tell its version");
    }
    dm.dm_log_with_errno_init(LOG);
    dm.dm_set_name_mangling_mode(DM_STRING_MANGLING_NONE);
    DeviceMapper opened = new NativeDeviceMapper(dm, text(version));
    LOGGER.log(DEBUG, "{0}", opened.version());
    return opened;
  }

  /** Returns the text before the first NUL. */
  static String text(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, UTF_8);
  }

  private DmTask task(int type, String command, String device) throws IOException {
    return new DmTask(dm, type, command, device);
  }

  @Override
  public synchronized String version() throws IOException {
    try (DmTask task = task(DM_DEVICE_VERSION, "VERSION", "")) {
      task.run();
      return "libdevmapper " + libraryVersion + ", kernel driver " + task.driverVersion();
    }
  }

  @Override
  public synchronized List<String> names() throws IOException {
    try (DmTask task = task(DM_DEVICE_LIST, "LIST", "")) {
      task.run();
      return List.copyOf(task.names());
    }
  }

  @Override
  public synchronized Optional<DeviceState> state(String name) throws IOException {
    try (DmTask task = task(DM_DEVICE_INFO, "INFO", name)) {
      task.run();
      DmInfo info = task.info();
      if (info.exists.get() == 0) {
        return Optional.empty();
      }
      return Optional.of(
          new DeviceState(
              new DeviceNumber(info.major.get(), info.minor.get()),
              task.uuid(),
              info.openCount.get(),
              info.suspended.get() != 0,
              info.readOnly.get() != 0,
              info.liveTable.get() != 0));
    }
  }

  @Override
  public synchronized List<Target> table(String name) throws IOException {
    try (DmTask task = task(DM_DEVICE_TABLE, "TABLE", name)) {
      task.run();
      return List.copyOf(task.targets());
    }
  }

  @Override
  public synchronized List<Target> status(String name) throws IOException {
    try (DmTask task = task(DM_DEVICE_STATUS, "STATUS", name)) {
      task.run();
      return List.copyOf(task.targets());
    }
  }

  @Override
  public synchronized void create(String name, String uuid, Target target, Access access)
      throws IOException {
    // In steps, although the library can do it at one go: it then keeps the reason of a failure to
    // itself.
    try (DmTask task = task(DM_DEVICE_CREATE, "CREATE", name)) {
      task.uuid(uuid).run();
    }
    try {
      load(name, target, access);
      resume(name);
    } catch (IOException | RuntimeException e) {
      try {
        remove(name);
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private void load(String name, Target target, Access access) throws IOException {
    try (DmTask task = task(DM_DEVICE_RELOAD, "RELOAD", name)) {
      if (access == Access.READ_ONLY) {
        task.readOnly();
      }
      task.target(target).run();
    }
  }

  @Override
  public synchronized void reload(String name, Target target) throws IOException {
    load(name, target, Access.READ_WRITE);
    try {
      suspend(name);
    } finally {
      // A resume is also what puts the new table in force.
      resume(name);
    }
  }

  @Override
  public synchronized void suspend(String name) throws IOException {
    try (DmTask task = task(DM_DEVICE_SUSPEND, "SUSPEND", name)) {
      task.run();
    }
  }

  @Override
  public synchronized void resume(String name) throws IOException {
    try (DmTask task = task(DM_DEVICE_RESUME, "RESUME", name)) {
      task.runAndWaitForNode();
    }
  }

  @Override
  public synchronized void remove(String name) throws IOException {
    try (DmTask task = task(DM_DEVICE_REMOVE, "REMOVE", name)) {
      task.runAndWaitForNode();
    }
  }

  @Override
  public synchronized void message(String name, String message) throws IOException {
    try (DmTask task = task(DM_DEVICE_TARGET_MSG, "Message '" + message + "'", name)) {
      task.message(message).run();
    }
  }
}
