package io.convoy.devmapper;

import static java.lang.System.Logger.Level.DEBUG;

import com.kenai.jffi.Function;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import io.convoy.core.DirectHash;
import java.lang.System.Logger;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hashes with OpenSSL's libcrypto where the system has it: a sixth faster than Java does, and so
 * from the first byte on. Here because this is the module with native code.
 *
 * <p>Uses SHA256_Init(3) and its kin, which compute and do nothing else. The functions that OpenSSL
 * 3 would rather have called set up the library first, and have it taken down when the process
 * exits, while other threads may still be at it.
 */
public final class OpensslHash implements DirectHash {
  private static final Logger LOGGER = System.getLogger(OpensslHash.class.getName());
  private static final List<String> LIBRARIES = List.of("libcrypto.so.3", "libcrypto.so.1.1");

  @Override
  public Optional<byte[]> hash(String algorithm, ByteBuffer content) {
    Functions functions = Loaded.FUNCTIONS.get(algorithm);
    return functions == null ? Optional.empty() : Optional.of(functions.hash(content));
  }

  /** What is there, by Java's name of the algorithm; loaded when first needed. */
  private static final class Loaded {
    static final Map<String, Functions> FUNCTIONS = load();

    private static Map<String, Functions> load() {
      for (String name : LIBRARIES) {
        try {
          NativeLibrary library = new NativeLibrary(name);
          Map<String, Functions> functions = new HashMap<>();
          add("SHA-256", "SHA256", 32, library, functions);
          add("SHA-512", "SHA512", 64, library, functions);
          return functions;
        } catch (LinkageError e) {
          // It is not there, has not all of it, or no native code can be called.
          LOGGER.log(DEBUG, "Blocks are not hashed by {0}: {1}", name, e.toString());
        }
      }
      return Map.of();
    }

    private static void add(
        String algorithm,
        String prefix,
        int bytes,
        NativeLibrary library,
        Map<String, Functions> all) {
      Functions functions = new Functions(library, prefix, bytes);
      if (functions.isRight(algorithm)) {
        all.put(algorithm, functions);
      }
    }
  }

  /** The three functions of an algorithm. */
  private static final class Functions {
    /** More than a SHA512_CTX, the largest one, has: 216 bytes. */
    private static final int CONTEXT_BYTES = 512;

    private static final Invoker INVOKER = Invoker.getInstance();
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    // Held for as long as its functions may be called.
    private final NativeLibrary library;

    // All of what they take and return is as long as a pointer, or may be.
    private final Function init;
    private final Function update;
    private final Function end;
    private final int bytes;

    Functions(NativeLibrary library, String prefix, int bytes) {
      this.library = library;
      this.init = function(prefix + "_Init", Type.POINTER);
      this.update = function(prefix + "_Update", Type.POINTER, Type.POINTER, Type.ULONG);
      this.end = function(prefix + "_Final", Type.POINTER, Type.POINTER);
      this.bytes = bytes;
    }

    private Function function(String name, Type... parameters) {
      return library.function(name, Type.SINT, parameters);
    }

    /** Tries it on content of several lengths: the names of blocks hang on it. */
    boolean isRight(String algorithm) {
      ByteBuffer content = ByteBuffer.allocateDirect(1000);
      for (int i = 0; i < content.capacity(); i++) {
        content.put(i, (byte) (i * i + i / 7));
      }
      try {
        MessageDigest digest = MessageDigest.getInstance(algorithm);
        for (int length : new int[] {0, 1, 55, 64, 119, 999}) {
          ByteBuffer part = content.slice(1, length);
          digest.update(part.duplicate());
          if (!Arrays.equals(digest.digest(), hash(part))) {
            return false;
          }
        }
        return true;
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java has no " + algorithm, e);
      }
    }

    byte[] hash(ByteBuffer content) {
      long context = MEMORY.allocateMemory(CONTEXT_BYTES, true);
      try {
        long data = MEMORY.getDirectBufferAddress(content) + content.position();
        INVOKER.invokeNrN(init, context);
        INVOKER.invokeNNNrN(update, context, data, content.remaining());
        // Behind the context itself is room enough for the hash.
        long hash = context + CONTEXT_BYTES - bytes;
        INVOKER.invokeNNrN(end, hash, context);
        byte[] result = new byte[bytes];
        MEMORY.getByteArray(hash, result, 0, bytes);
        return result;
      } finally {
        MEMORY.freeMemory(context);
        // The address alone keeps no memory from being given back.
        Reference.reachabilityFence(content);
      }
    }
  }
}
