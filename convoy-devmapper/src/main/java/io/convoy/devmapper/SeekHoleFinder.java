package io.convoy.devmapper;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import io.convoy.core.Extent;
import io.convoy.core.HoleFinder;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds holes with lseek(2); here because this is the module with native code.
 *
 * <p>Calls through jffi, upon which jnr-ffi is built: that one makes a class for its calls first,
 * which takes longer than a small backup.
 */
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

  /** How the JVM itself writes the names of files. */
  private static final Charset ENCODING =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  /** The functions of libc that are needed. */
  private static final class Libc {
    private static final Invoker INVOKER = Invoker.getInstance();

    private final Library library = Library.openLibrary("libc.so.6", Library.NOW);
    private final Function open = function("open", Type.SINT, Type.POINTER, Type.SINT);
    // off_t is of 64 bits wherever there is a JDK 17
    private final Function lseek =
        function("lseek", Type.SINT64, Type.SINT, Type.SINT64, Type.SINT);
    private final Function close = function("close", Type.SINT, Type.SINT);
    private final Function strerror = function("strerror", Type.POINTER, Type.SINT);

    private Function function(String name, Type result, Type... parameters) {
      return new Function(library.getSymbolAddress(name), result, parameters);
    }

    int open(Path file, int flags) {
      HeapInvocationBuffer call = new HeapInvocationBuffer(open);
      byte[] path = file.toAbsolutePath().toString().getBytes(ENCODING);
      call.putArray(path, 0, path.length, ArrayFlags.IN | ArrayFlags.NULTERMINATE);
      call.putInt(flags);
      return INVOKER.invokeInt(open, call);
    }

    long lseek(int descriptor, long offset, int whence) {
      HeapInvocationBuffer call = new HeapInvocationBuffer(lseek);
      call.putInt(descriptor);
      call.putLong(offset);
      call.putInt(whence);
      return INVOKER.invokeLong(lseek, call);
    }

    void close(int descriptor) {
      HeapInvocationBuffer call = new HeapInvocationBuffer(close);
      call.putInt(descriptor);
      INVOKER.invokeInt(close, call);
    }

    String strerror(int errno) {
      HeapInvocationBuffer call = new HeapInvocationBuffer(strerror);
      call.putInt(errno);
      long text = INVOKER.invokeAddress(strerror, call);
      return new String(MemoryIO.getInstance().getZeroTerminatedByteArray(text), ENCODING);
    }
  }

  @Override
  public Optional<List<Extent>> dataExtents(Path file) throws IOException {
    Libc c = new Libc();
    int descriptor = c.open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      throw failure("open", file, c);
    }
    try {
      return dataExtents(c, descriptor, file);
    } finally {
      c.close(descriptor);
    }
  }

  private static Optional<List<Extent>> dataExtents(Libc c, int descriptor, Path file)
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
        int errno = LastError.getInstance().get();
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

  private static IOException failure(String call, Path file, Libc c) {
    int errno = LastError.getInstance().get();
    return new IOException(
        "%s of %s: %s (errno %s)".formatted(call, file, c.strerror(errno), errno));
  }
}
