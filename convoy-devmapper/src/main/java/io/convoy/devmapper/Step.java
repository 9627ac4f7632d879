package io.convoy.devmapper;

/**
 * How far a volume or a snapshot is; what is not ready when Convoy starts is undone or finished.
 */
enum Step {
  CREATING,
  READY,
  DELETING
}
