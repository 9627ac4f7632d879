package io.convoy.core;

/** How far a volume is. Only {@link #READY} volumes are mounted, snapshotted and backed up. */
public enum VolumeState {
  /** Being made; undone at the next start if this process dies. */
  CREATING,
  /** Complete. */
  READY,
  /** Being filled from a backup; undone at the next start if this process dies. */
  RESTORING,
  /** Being deleted; finished at the next start if this process dies. */
  DELETING,
  /** Something is wrong with it that only a person can decide on; its problem says what. */
  FAILED
}
