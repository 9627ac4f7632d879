package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link Convoy} was opened with, and how it is.
 *
 * @param drivers each driver's own words, the default driver first
 * @param problems what is wrong, one line each
 */
public record ConvoyInfo(
    Path root, Map<String, Map<String, String>> drivers, List<String> problems) {
  public ConvoyInfo {
    requireNonNull(root, "root is null");
    drivers = Collections.unmodifiableMap(new LinkedHashMap<>(drivers));
    problems = List.copyOf(problems);
  }

  /** Returns the driver that is used where none is asked for. */
  public String defaultDriver() {
    return drivers.keySet().iterator().next();
  }
}
