package io.convoy.core;

import java.io.IOException;
import java.util.List;

/** Compares what a driver has recorded with what its storage has. It may be asked at any time. */
public interface Examination {
  /** Returns what is not as it should be; changes nothing. */
  List<Finding> examine() throws IOException;

  /**
   * Clears away what certainly nobody needs, never a volume's or snapshot's data, and returns what
   * was done, one line each.
   */
  List<String> repair() throws IOException;
}
