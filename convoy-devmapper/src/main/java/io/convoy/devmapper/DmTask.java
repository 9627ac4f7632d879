package io.convoy.devmapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.byref.IntByReference;

/** One device-mapper command: created, filled in, run once, destroyed by {@link #close}. */
final class DmTask implements AutoCloseable {
  private static final int VERSION_BYTES = 64;
  private static final int OUT_PARAMETER_BYTES = 8;

  private final LibDevmapper.Functions dm;
  private final Runtime runtime;
  private final String command;
  private final String device;
  private final Pointer task;

  /**
   * Creates a task.
   *
   * @param type one of {@code LibDevmapper.DM_DEVICE_…}
   * @param command what the task does, for messages
   * @param device the device's name, empty if the command is for none
   */
  DmTask(LibDevmapper.Functions dm, int type, String command, String device) throws IOException {
    this.dm = dm;
    this.runtime = Runtime.getRuntime(dm);
    this.command = command;
    this.device = device;
    this.task = dm.dm_task_create(type);
    if (task == null) {
      // errno says nothing here: the library may not have come as far as the kernel.
      throw new IOException(
          "%s of device '%s' can't be asked for: this kernel has no device-mapper, or this user may not use it (as root: modprobe dm-thin-pool)"
              .formatted(command, device));
    }
    if (!device.isEmpty() && dm.dm_task_set_name(task, device) == 0) {
      close();
      throw new IOException(
          "%s of device '%s' can't be asked for: the library refused the name"
              .formatted(command, device));
    }
  }

  private void set(int result) throws DeviceMapperException {
    if (result == 0) {
      throw new DeviceMapperException(command, device, 0, "the library refused its parameters");
    }
  }

  DmTask uuid(String uuid) throws DeviceMapperException {
    set(dm.dm_task_set_uuid(task, uuid));
    return this;
  }

  DmTask readOnly() throws DeviceMapperException {
    set(dm.dm_task_set_ro(task));
    return this;
  }

  DmTask target(Target target) throws DeviceMapperException {
    set(
        dm.dm_task_add_target(
            task,
            target.startSectors(),
            target.lengthSectors(),
            target.type(),
            target.parameters()));
    return this;
  }

  DmTask message(String message) throws DeviceMapperException {
    set(dm.dm_task_set_sector(task, 0));
    set(dm.dm_task_set_message(task, message));
    return this;
  }

  /** Has the kernel do it. */
  void run() throws DeviceMapperException {
    if (dm.dm_task_run(task) == 0) {
      int errno = dm.dm_task_get_errno(task);
      throw new DeviceMapperException(
          command, device, errno, errno == 0 ? "the library gave no reason" : dm.strerror(errno));
    }
  }

  /**
   * Has the kernel do it, and returns when the node under /dev/mapper is as it shall be: made by
   * udev where that runs, else by the library.
   */
  void runAndWaitForNode() throws DeviceMapperException {
    IntByReference cookie = new IntByReference(0);
    set(dm.dm_task_set_cookie(task, cookie, 0));
    try {
      run();
    } finally {
      // Even after an error: it also does the library's own waiting work on nodes.
      dm.dm_udev_wait(cookie.getValue());
    }
  }

  /** Returns the kernel's version of device-mapper. */
  String driverVersion() throws DeviceMapperException {
    byte[] version = new byte[VERSION_BYTES];
    set(dm.dm_task_get_driver_version(task, version, version.length));
    return NativeDeviceMapper.text(version);
  }

  DmInfo info() throws DeviceMapperException {
    DmInfo info = new DmInfo(runtime);
    set(dm.dm_task_get_info(task, info));
    return info;
  }

  /** Returns what the device's maker calls it, empty if nothing. */
  String uuid() {
    String uuid = dm.dm_task_get_uuid(task);
    return uuid == null ? "" : uuid;
  }

  /** Returns the device's targets; their parameters are those of its table or its status. */
  List<Target> targets() {
    Pointer start = out();
    Pointer length = out();
    Pointer type = out();
    Pointer parameters = out();
    List<Target> targets = new ArrayList<>();
    Pointer next = null;
    do {
      next = dm.dm_get_next_target(task, next, start, length, type, parameters);
      Pointer typeName = type.getPointer(0);
      if (typeName != null) {
        Pointer text = parameters.getPointer(0);
        targets.add(
            new Target(
                start.getLong(0),
                length.getLong(0),
                typeName.getString(0),
                text == null ? "" : text.getString(0)));
      }
    } while (next != null);
    return targets;
  }

  private Pointer out() {
    return Memory.allocateDirect(runtime, OUT_PARAMETER_BYTES, true);
  }

  /** Returns the names of all devices. */
  List<String> names() throws DeviceMapperException {
    // struct dm_names { uint64_t dev; uint32_t next; char name[]; }: next is relative, 0 ends it;
    // a dev of 0 in the first one means that there are none.
    final long nextOffset = 8;
    final long nameOffset = 12;
    Pointer entry = dm.dm_task_get_names(task);
    if (entry == null) {
      throw new DeviceMapperException(command, device, 0, "the library gave no names");
    }
    List<String> names = new ArrayList<>();
    if (entry.getLong(0) == 0) {
      return names;
    }
    while (true) {
      names.add(entry.getString(nameOffset));
      long next = Integer.toUnsignedLong(entry.getInt(nextOffset));
      if (next == 0) {
        return names;
      }
      entry = entry.slice(next);
    }
  }

  @Override
  public void close() {
    dm.dm_task_destroy(task);
  }
}
