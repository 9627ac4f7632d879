package io.convoy.core;

/**
 * Hears what happens. Called by the thread that did it, when it is done and recorded; must answer
 * at once and throw nothing.
 */
public interface EventListener {
  /** Hears nothing. */
  EventListener NONE = event -> {};

  /** Something happened. */
  void happened(Event event);
}
