package io.convoy.vfs;

import io.convoy.core.DriverContext;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeDriverFactory;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Makes the driver {@code vfs}: volumes are directories under {@code vfs.path}, which several hosts
 * may share.
 */
public final class VfsDriverFactory implements VolumeDriverFactory {
  @Override
  public String name() {
    return "vfs";
  }

  @Override
  public Set<String> options() {
    return VfsConfig.OPTIONS;
  }

  @Override
  public VolumeDriver open(DriverContext context, Map<String, String> options) throws IOException {
    return PatientDriver.open(context, VfsConfig.parse(options));
  }
}
