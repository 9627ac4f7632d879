package io.convoy.ebs.testing;

/** What goes wrong with one call. */
public enum Fault {
  NONE,
  /** Refused, nothing done: too many requests. */
  THROTTLED,
  /** Nothing done, and the server says that it failed. */
  FAILED,
  /** Nothing done, and there never is an answer. */
  UNANSWERED,
  /** Done, and the answer never arrives. */
  ANSWER_LOST,
  /** Done, and the answer arrives late. */
  LATE,
  /** Refused, nothing done: not allowed. */
  DENIED
}
