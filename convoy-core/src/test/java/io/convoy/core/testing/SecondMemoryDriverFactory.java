package io.convoy.core.testing;

import io.convoy.core.DriverContext;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeDriverFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Makes {@link InMemoryVolumeDriver}s of another name, for what needs two drivers. */
public final class SecondMemoryDriverFactory implements VolumeDriverFactory {
  /** The driver's name. */
  public static final String NAME = "memory2";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> options() {
    return Set.of();
  }

  @Override
  public VolumeDriver open(DriverContext context, Map<String, String> options) {
    return new InMemoryVolumeDriverFactory().open(context, options);
  }

  /** Returns the driver that Convoy opened last under its root. */
  public static InMemoryVolumeDriver openUnder(Path convoyRoot) {
    return InMemoryVolumeDriverFactory.openUnder(convoyRoot, NAME);
  }
}
