package io.convoy.devmapper;

import com.kenai.jffi.Function;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;

/**
 * A library of the system's, called through jffi. jnr-ffi, which is built upon that, makes a class
 * for its calls first, which takes longer than a small backup.
 */
final class NativeLibrary {
  // Held for as long as its functions may be called.
  private final Library library;
  private final String name;

  /**
   * Loads one.
   *
   * @throws LinkageError if it is not there, or native code can't be called here at all
   */
  NativeLibrary(String name) {
    this.name = name;
    this.library = Library.openLibrary(name, Library.NOW);
    if (library == null) {
      throw new UnsatisfiedLinkError("%s: %s".formatted(name, Library.getLastError()));
    }
  }

  /**
   * Returns one of its functions.
   *
   * @throws LinkageError if it has no such function; jffi itself would call address 0
   */
  Function function(String function, Type result, Type... parameters) {
    long address = library.getSymbolAddress(function);
    if (address == 0) {
      throw new UnsatisfiedLinkError("%s has no function %s".formatted(name, function));
    }
    return new Function(address, result, parameters);
  }
}
