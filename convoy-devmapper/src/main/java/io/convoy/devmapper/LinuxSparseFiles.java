package io.convoy.devmapper;

import io.convoy.core.Extent;
import io.convoy.core.SparseFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds holes with lseek(2), and has them filled with fallocate(2); here because this is the module
 * with native code.
 */
public final class LinuxSparseFiles implements SparseFiles {
  // unistd.h, asm-generic/fcntl.h and linux/falloc.h
  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x80000;
  private static final int FALLOC_FL_KEEP_SIZE = 1;

  // asm-generic/errno-base.h and errno.h
  private static final int EINTR = 4;
  private static final int ENXIO = 6;
  private static final int EINVAL = 22;
  private static final int EFBIG = 27;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;

  @Override
  public Optional<List<Extent>> dataExtents(Path file) throws IOException {
    Optional<Libc> libc = Libc.find();
    if (libc.isEmpty()) {
      return Optional.empty();
    }
    try (Descriptor open = new Descriptor(libc.get(), file, O_RDONLY)) {
      return open.dataExtents();
    }
  }

  @Override
  public void allocate(Path file, List<Extent> extents) throws IOException {
    Optional<Libc> libc = Libc.find();
    if (libc.isEmpty()) {
      return;
    }
    try (Descriptor open = new Descriptor(libc.get(), file, O_WRONLY)) {
      for (Extent extent : extents) {
        if (!open.allocate(extent)) {
          return;
        }
      }
    }
  }

  /** An open file. */
  private static final class Descriptor implements AutoCloseable {
    private final Libc libc;
    private final Path file;
    private final int descriptor;

    Descriptor(Libc libc, Path file, int access) throws IOException {
      this.libc = libc;
      this.file = file;
      this.descriptor = libc.open(file, access | O_CLOEXEC);
      if (descriptor < 0) {
        throw libc.failure("open", file);
      }
    }

    Optional<List<Extent>> dataExtents() throws IOException {
      long end = libc.lseek(descriptor, 0, SEEK_END);
      if (end < 0) {
        throw libc.failure("lseek", file);
      }
      List<Extent> extents = new ArrayList<>();
      long at = 0;
      while (at < end) {
        long data = libc.lseek(descriptor, at, SEEK_DATA);
        if (data < 0) {
          int errno = Libc.errno();
          if (errno == ENXIO) {
            break; // no more data
          }
          if (errno == EINVAL) {
            return Optional.empty(); // the file system does not know
          }
          throw libc.failure("lseek", file);
        }
        long hole = libc.lseek(descriptor, data, SEEK_HOLE);
        if (hole <= data) {
          throw libc.failure("lseek", file);
        }
        extents.add(new Extent(data, Math.min(hole, end) - data));
        at = hole;
      }
      return Optional.of(extents);
    }

    /** Returns false if that can't be done here, which says nothing of writes. */
    boolean allocate(Extent extent) throws IOException {
      while (libc.fallocate(
              descriptor, FALLOC_FL_KEEP_SIZE, extent.offsetBytes(), extent.lengthBytes())
          != 0) {
        switch (Libc.errno()) {
          case EINTR -> {}
          case ENOSPC, EDQUOT, EFBIG -> throw libc.failure("fallocate", file);
          default -> {
            return false;
          }
        }
      }
      return true;
    }

    @Override
    public void close() {
      libc.close(descriptor);
    }
  }
}
