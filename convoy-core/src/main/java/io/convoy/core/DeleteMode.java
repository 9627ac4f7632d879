package io.convoy.core;

/** What becomes of the data of a volume that is deleted. */
public enum DeleteMode {
  /** The volume's data and snapshots are destroyed. */
  DATA,
  /** The name is freed, and the data and snapshots are kept where they can be found again. */
  REFERENCE
}
