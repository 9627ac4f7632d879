package io.convoy.devmapper;

/**
 * How far a volume or a snapshot is; what is not ready when Convoy starts is undone or finished.
 */
enum Step {
  CREATING,
  READY,
  /** Its device grows, or has grown, and its file system not yet; it is used all the while. */
  GROWING,
  DELETING;

  /** Returns whether it is shown and can be worked with. */
  boolean isUsable() {
    return this == READY || this == GROWING;
  }
}
