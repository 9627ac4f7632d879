package io.convoy.ebs;

import io.convoy.core.DriverContext;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeDriverFactory;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** Makes the driver {@code ebs}. */
public final class EbsDriverFactory implements VolumeDriverFactory {
  /** The driver's name. */
  static final String NAME = "ebs";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> options() {
    return EbsConfig.OPTIONS;
  }

  @Override
  public VolumeDriver open(DriverContext context, Map<String, String> options) throws IOException {
    return EbsDriver.open(context, options, Connection.USUAL, Pace.USUAL);
  }
}
