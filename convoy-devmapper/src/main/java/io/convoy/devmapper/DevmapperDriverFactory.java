package io.convoy.devmapper;

import io.convoy.core.DriverContext;
import io.convoy.core.MountTable;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeDriverFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Makes the driver {@code devicemapper}. */
public final class DevmapperDriverFactory implements VolumeDriverFactory {
  /** The driver's name. */
  static final String NAME = "devicemapper";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> options() {
    return ThinPoolConfig.OPTIONS;
  }

  @Override
  public VolumeDriver open(DriverContext context, Map<String, String> options) throws IOException {
    return DevmapperDriver.open(
            context.root(),
            new Surroundings(
                NativeDeviceMapper.open(),
                context.commands(),
                new KernelBlockDevices(),
                MountTable.ofThisProcess(),
                Path.of("/dev/mapper")),
            options)
        .watched();
  }
}
