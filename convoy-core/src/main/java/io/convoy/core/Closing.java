package io.convoy.core;

import com.google.common.collect.Lists;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** Closes several things, the last one first, whatever the others do. */
final class Closing {
  private Closing() {}

  /** Closes all; the first failure is thrown, the others are added to it. */
  static void closeAll(Collection<? extends AutoCloseable> things) throws IOException {
    IOException failure = null;
    for (AutoCloseable thing : Lists.reverse(List.copyOf(things))) {
      try {
        thing.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e instanceof IOException io ? io : new IOException(e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes all because of another failure, to which theirs are added. */
  static void closeAll(Collection<? extends AutoCloseable> things, Throwable cause) {
    try {
      closeAll(things);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
