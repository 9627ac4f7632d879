package io.convoy.devmapper;

import io.convoy.core.Extent;
import io.convoy.core.HoleFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;
import jnr.ffi.types.off_t;

/** Finds holes with lseek(2); here because this is the module with native code. */
public final class SeekHoleFinder implements HoleFinder {
  // unistd.h and asm-generic/fcntl.h
  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;

  // asm-generic/errno-base.h
  private static final int ENXIO = 6;
  private static final int EINVAL = 22;

  /** Public because jnr-ffi implements it from another class loader. */
  public interface Functions {
    int open(String path, int flags);

    @off_t
    long lseek(int file, @off_t long offset, int whence);

    int close(int file);

    String strerror(int errno);
  }

  @Override
  public Optional<List<Extent>> dataExtents(Path file) throws IOException {
    Functions c =
        LibraryLoader.create(Functions.class)
            .option(LibraryOption.LoadNow, true)
            .failImmediately()
            .load("libc.so.6");
    int descriptor = c.open(file.toAbsolutePath().toString(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      throw failure("open", file, c);
    }
    try {
      return dataExtents(c, descriptor, file);
    } finally {
      c.close(descriptor);
    }
  }

  private static Optional<List<Extent>> dataExtents(Functions c, int descriptor, Path file)
      throws IOException {
    long end = c.lseek(descriptor, 0, SEEK_END);
    if (end < 0) {
      throw failure("lseek", file, c);
    }
    List<Extent> extents = new ArrayList<>();
    long at = 0;
    while (at < end) {
      long data = c.lseek(descriptor, at, SEEK_DATA);
      if (data < 0) {
        int errno = errno(c);
        if (errno == ENXIO) {
          break; // no more data
        }
        if (errno == EINVAL) {
          return Optional.empty(); // the file system does not know
        }
        throw failure("lseek", file, c);
      }
      long hole = c.lseek(descriptor, data, SEEK_HOLE);
      if (hole <= data) {
        throw failure("lseek", file, c);
      }
      extents.add(new Extent(data, Math.min(hole, end) - data));
      at = hole;
    }
    return Optional.of(extents);
  }

  private static int errno(Functions c) {
    return LastError.getLastError(Runtime.getRuntime(c));
  }

  private static IOException failure(String call, Path file, Functions c) {
    int errno = errno(c);
    return new IOException(
        "%s of %s: %s (errno %s)".formatted(call, file, c.strerror(errno), errno));
  }
}
