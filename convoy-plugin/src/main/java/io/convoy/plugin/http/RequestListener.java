package io.convoy.plugin.http;

/** Hears of each request once it is answered. Must answer at once and throw nothing. */
public interface RequestListener {
  /** Hears nothing. */
  RequestListener NONE = (method, path, status, failed, nanos) -> {};

  /**
   * A request was answered.
   *
   * @param path as the client sent it, without the query
   * @param failed whether the answer tells of a problem, or did not reach the client
   * @param nanos how long it took, to the end of the answer
   */
  void answered(String method, String path, int status, boolean failed, long nanos);
}
