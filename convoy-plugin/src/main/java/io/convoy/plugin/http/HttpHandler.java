package io.convoy.plugin.http;

/** Answers requests. Called from many threads at a time. */
public interface HttpHandler {
  /** Returns the answer; what the request or the world got wrong is an answer, too. */
  Response handle(Request request);
}
