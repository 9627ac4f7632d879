package io.convoy.core;

import java.util.List;

/**
 * The deleted volumes that are kept.
 *
 * @param volumes the oldest first
 * @param problems what could not be read, one line each
 */
public record TrashList(List<TrashedVolume> volumes, List<String> problems) {
  public TrashList {
    volumes = List.copyOf(volumes);
    problems = List.copyOf(problems);
  }
}
