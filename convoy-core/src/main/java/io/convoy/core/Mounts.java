package io.convoy.core;

/** Placeholder. */
final class Mounts {
  static final String COMMAND = "convoy";

  private Mounts() {}
}
