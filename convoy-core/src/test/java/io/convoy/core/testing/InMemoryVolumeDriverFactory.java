package io.convoy.core.testing;

import io.convoy.core.Age;
import io.convoy.core.DriverContext;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeDriverFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes {@link InMemoryVolumeDriver}s, and finds the one that is open under a root. */
public final class InMemoryVolumeDriverFactory implements VolumeDriverFactory {
  /** The driver's name. */
  public static final String NAME = "memory";

  private static final Map<Path, InMemoryVolumeDriver> OPEN = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> options() {
    return Set.of("memory.unused", "trash.keep");
  }

  @Override
  public VolumeDriver open(DriverContext context, Map<String, String> options) {
    InMemoryVolumeDriver driver =
        new InMemoryVolumeDriver(
            context.root(), Age.parse(options.getOrDefault("trash.keep", "7d")));
    OPEN.put(context.root(), driver);
    return driver;
  }

  /** Returns the driver that Convoy opened last under its root. */
  public static InMemoryVolumeDriver openUnder(Path convoyRoot) {
    return openUnder(convoyRoot, NAME);
  }

  static InMemoryVolumeDriver openUnder(Path convoyRoot, String name) {
    return OPEN.get(convoyRoot.resolve(name));
  }
}
