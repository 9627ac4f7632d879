package io.convoy.devmapper;

import static java.lang.System.Logger.Level.DEBUG;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Optional;

/** The functions of libc that Java does not offer. */
final class Libc {
  private static final Logger LOGGER = System.getLogger(Libc.class.getName());

  /** How the JVM itself writes the names of files. */
  private static final Charset ENCODING =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private final Invoker invoker = Invoker.getInstance();
  private final NativeLibrary library = new NativeLibrary("libc.so.6");

  // Those with 64 in their names take offsets of 64 bits on every machine.
  private final Function open = library.function("open64", Type.SINT, Type.POINTER, Type.SINT);
  private final Function lseek =
      library.function("lseek64", Type.SINT64, Type.SINT, Type.SINT64, Type.SINT);
  private final Function fallocate =
      library.function("fallocate64", Type.SINT, Type.SINT, Type.SINT, Type.SINT64, Type.SINT64);
  private final Function close = library.function("close", Type.SINT, Type.SINT);
  private final Function strerror = library.function("strerror", Type.POINTER, Type.SINT);

  private Libc() {}

  /**
   * Returns it, unless native code can't be called here: where it can't be put to be loaded, say.
   */
  static Optional<Libc> find() {
    return Loaded.LIBC;
  }

  /** Loaded when first needed. */
  private static final class Loaded {
    static final Optional<Libc> LIBC = load();

    private static Optional<Libc> load() {
      try {
        return Optional.of(new Libc());
      } catch (LinkageError e) {
        LOGGER.log(DEBUG, "libc can''t be called: {0}", e.toString());
        return Optional.empty();
      }
    }
  }

  /** Opens a file that is there, as open(2) does. */
  int open(Path file, int flags) {
    HeapInvocationBuffer call = new HeapInvocationBuffer(open);
    byte[] path = file.toAbsolutePath().toString().getBytes(ENCODING);
    call.putArray(path, 0, path.length, ArrayFlags.IN | ArrayFlags.NULTERMINATE);
    call.putInt(flags);
    return invoker.invokeInt(open, call);
  }

  long lseek(int descriptor, long offset, int whence) {
    HeapInvocationBuffer call = new HeapInvocationBuffer(lseek);
    call.putInt(descriptor);
    call.putLong(offset);
    call.putInt(whence);
    return invoker.invokeLong(lseek, call);
  }

  int fallocate(int descriptor, int mode, long offset, long length) {
    HeapInvocationBuffer call = new HeapInvocationBuffer(fallocate);
    call.putInt(descriptor);
    call.putInt(mode);
    call.putLong(offset);
    call.putLong(length);
    return invoker.invokeInt(fallocate, call);
  }

  void close(int descriptor) {
    HeapInvocationBuffer call = new HeapInvocationBuffer(close);
    call.putInt(descriptor);
    invoker.invokeInt(close, call);
  }

  /** Returns the reason of this thread's last call that failed. */
  static int errno() {
    return LastError.getInstance().get();
  }

  /** Returns this thread's last failure as an exception. */
  IOException failure(String call, Path file) {
    int errno = errno();
    return new IOException("%s of %s: %s (errno %s)".formatted(call, file, text(errno), errno));
  }

  private String text(int errno) {
    HeapInvocationBuffer call = new HeapInvocationBuffer(strerror);
    call.putInt(errno);
    long text = invoker.invokeAddress(strerror, call);
    return new String(MemoryIO.getInstance().getZeroTerminatedByteArray(text), ENCODING);
  }
}
