package io.convoy.ebs.testing;

/** Decides what goes wrong. */
@FunctionalInterface
public interface Faults {
  /** All goes well. */
  Faults NONE = (action, nth) -> Fault.NONE;

  /**
   * Returns what happens to a call.
   *
   * @param nth how many calls of this action there were, this one included
   */
  Fault of(String action, int nth);
}
