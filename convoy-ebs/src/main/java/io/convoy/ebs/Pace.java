package io.convoy.ebs;

import java.time.Duration;

/**
 * How long Convoy waits for Amazon, and how often it asks.
 *
 * @param firstPoll after which a change is asked for the first time; the times after it double
 * @param longestPoll the longest time between two questions
 * @param waitLimit how long a change may take
 * @param batchWindow how long a question waits for others, to be asked together
 * @param cacheLife how old an answer to "which volumes are there" may be
 * @param knownLife how old what is known of a volume may be, when it is known
 * @param lag how long Amazon may go on telling what was before a change
 * @param attemptLimit how long one try of a call may take
 * @param callLimit how long a call may take with all its tries
 * @param attempts how often a call is tried
 * @param backoff the time before the second try; the times after it double
 */
record Pace(
    Duration firstPoll,
    Duration longestPoll,
    Duration waitLimit,
    Duration batchWindow,
    Duration cacheLife,
    Duration knownLife,
    Duration lag,
    Duration attemptLimit,
    Duration callLimit,
    int attempts,
    Duration backoff) {
  static final Pace USUAL =
      new Pace(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofMinutes(2),
          Duration.ofMillis(50),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(90),
          6,
          Duration.ofMillis(500));

  /** Returns this pace for calls that must not be tried again. */
  Pace once() {
    return new Pace(
        firstPoll,
        longestPoll,
        waitLimit,
        batchWindow,
        cacheLife,
        knownLife,
        lag,
        attemptLimit,
        callLimit,
        1,
        backoff);
  }
}
