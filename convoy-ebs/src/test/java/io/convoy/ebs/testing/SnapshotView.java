package io.convoy.ebs.testing;

import java.util.Map;

/** A snapshot at one moment. */
record SnapshotView(String state, int progress, Map<String, String> tags) {
  SnapshotView {
    tags = Map.copyOf(tags);
  }

  SnapshotView withTags(Map<String, String> other) {
    return new SnapshotView(state, progress, other);
  }
}
