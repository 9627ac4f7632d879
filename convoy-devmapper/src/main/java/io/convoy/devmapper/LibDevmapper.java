package io.convoy.devmapper;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.Out;
import jnr.ffi.byref.IntByReference;
import jnr.ffi.types.size_t;
import jnr.ffi.types.u_int16_t;
import jnr.ffi.types.u_int64_t;

/** libdevmapper's functions that Convoy calls, under the names of libdevmapper.h. */
final class LibDevmapper {
  /** The full name: the short one belongs to the package for developers. */
  private static final String LIBRARY = "libdevmapper.so.1.02.1";

  // enum in libdevmapper.h
  static final int DM_DEVICE_CREATE = 0;
  static final int DM_DEVICE_RELOAD = 1;
  static final int DM_DEVICE_REMOVE = 2;
  static final int DM_DEVICE_SUSPEND = 4;
  static final int DM_DEVICE_RESUME = 5;
  static final int DM_DEVICE_INFO = 6;
  static final int DM_DEVICE_VERSION = 9;
  static final int DM_DEVICE_STATUS = 10;
  static final int DM_DEVICE_TABLE = 11;
  static final int DM_DEVICE_LIST = 13;
  static final int DM_DEVICE_TARGET_MSG = 17;

  /** DM_STRING_MANGLING_NONE: the names that Convoy gives need no escapes. */
  static final int DM_STRING_MANGLING_NONE = 0;

  private LibDevmapper() {}

  /**
   * Loads the library.
   *
   * @throws UnsatisfiedLinkError if it is not installed
   */
  static Functions load() {
    return LibraryLoader.create(Functions.class)
        .option(LibraryOption.LoadNow, true)
        .failImmediately()
        .load(LIBRARY);
  }

  /** Public because jnr-ffi implements it from another class loader. */
  public interface Functions {
    int dm_get_library_version(@Out byte[] version, @size_t long size);

    int dm_set_name_mangling_mode(int mode);

    void dm_log_with_errno_init(Log log);

    Pointer dm_task_create(int type);

    void dm_task_destroy(Pointer task);

    int dm_task_set_name(Pointer task, String name);

    int dm_task_set_uuid(Pointer task, String uuid);

    int dm_task_set_ro(Pointer task);

    int dm_task_set_sector(Pointer task, @u_int64_t long sector);

    int dm_task_set_message(Pointer task, String message);

    int dm_task_add_target(
        Pointer task, @u_int64_t long start, @u_int64_t long size, String type, String params);

    int dm_task_set_cookie(Pointer task, IntByReference cookie, @u_int16_t int flags);

    int dm_udev_wait(int cookie);

    int dm_task_run(Pointer task);

    int dm_task_get_errno(Pointer task);

    int dm_task_get_driver_version(Pointer task, @Out byte[] version, @size_t long size);

    int dm_task_get_info(Pointer task, @Out DmInfo info);

    /** Returns what the kernel answered, empty for none. */
    String dm_task_get_uuid(Pointer task);

    /** The out parameters point to uint64_t, uint64_t, char * and char *. */
    Pointer dm_get_next_target(
        Pointer task, Pointer next, Pointer start, Pointer length, Pointer type, Pointer params);

    /** Returns a struct dm_names. */
    Pointer dm_task_get_names(Pointer task);

    /** libc's, found through the library. */
    String strerror(int errno);
  }

  /** dm_log_with_errno_fn without the variable arguments, which Java can't take. */
  public interface Log {
    /** Is told of something that the library does; level 4 is a warning, lower is worse. */
    @Delegate
    void log(int level, Pointer file, int line, int errnoOrClass, Pointer format);
  }
}
