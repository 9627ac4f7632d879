package io.convoy.core;

import io.convoy.core.state.AtomicFiles;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The drivers that are open, in the order given. */
final class Drivers implements AutoCloseable {
  private final Map<String, VolumeDriver> drivers;

  private Drivers(Map<String, VolumeDriver> drivers) {
    this.drivers = Collections.unmodifiableMap(drivers);
  }

  static Drivers open(ConvoyConfig config, String hostId) throws IOException {
    Map<String, VolumeDriverFactory> factories = new TreeMap<>();
    for (VolumeDriverFactory factory : ServiceLoader.load(VolumeDriverFactory.class)) {
      factories.put(factory.name(), factory);
    }
    for (String name : config.drivers()) {
      if (!factories.containsKey(name)) {
        throw new IllegalArgumentException(
            "Unknown driver '%s': expected one of %s".formatted(name, factories.keySet()));
      }
    }
    checkOptions(config, factories);
    Map<String, VolumeDriver> opened = new LinkedHashMap<>();
    try {
      for (String name : config.drivers()) {
        if (!opened.containsKey(name)) {
          opened.put(name, open(factories.get(name), config, hostId));
        }
      }
      return new Drivers(opened);
    } catch (IOException | RuntimeException e) {
      Closing.closeAll(opened.values(), e);
      throw e;
    }
  }

  private static VolumeDriver open(VolumeDriverFactory factory, ConvoyConfig config, String hostId)
      throws IOException {
    DriverContext context =
        new DriverContext(config.root().resolve(factory.name()), hostId, config.commands());
    AtomicFiles.createDirectories(context.root());
    Map<String, String> options = new HashMap<>(config.driverOptions());
    options.keySet().retainAll(factory.options());
    return factory.open(context, options);
  }

  private static void checkOptions(
      ConvoyConfig config, Map<String, VolumeDriverFactory> factories) {
    Set<String> known = new TreeSet<>();
    config.drivers().forEach(name -> known.addAll(factories.get(name).options()));
    for (String option : config.driverOptions().keySet()) {
      if (!known.contains(option)) {
        throw new IllegalArgumentException(
            "Unknown driver option '%s': drivers %s take %s"
                .formatted(option, config.drivers(), known));
      }
    }
  }

  /** Returns the drivers by name, the default one first. */
  Map<String, VolumeDriver> all() {
    return drivers;
  }

  String defaultName() {
    return drivers.keySet().iterator().next();
  }

  boolean has(String name) {
    return drivers.containsKey(name);
  }

  /** Returns the driver of that name. */
  VolumeDriver get(String name) {
    VolumeDriver driver = drivers.get(name);
    if (driver == null) {
      throw new IllegalArgumentException(
          "Driver '%s' is not enabled: enabled are %s".formatted(name, drivers.keySet()));
    }
    return driver;
  }

  @Override
  public void close() throws IOException {
    Closing.closeAll(drivers.values());
  }
}
