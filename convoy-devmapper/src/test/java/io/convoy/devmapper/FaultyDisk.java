package io.convoy.devmapper;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A disk that can be made to fail, a device-mapper device above a loop device. */
final class FaultyDisk implements AutoCloseable {
  private final DeviceMapper deviceMapper = NativeDeviceMapper.open();
  private final LoopDisk disk;
  private final String name;
  private final long sectors;

  FaultyDisk(LoopDisk disk, String name) throws IOException {
    this.disk = disk;
    this.name = name;
    sectors = new KernelBlockDevices().sizeBytes(disk.device()) / ThinPoolConfig.SECTOR_BYTES;
    new ProcessCommandRunner().run(List.of("modprobe", "dm-flakey"), Duration.ofSeconds(30));
    deviceMapper.create(name, "", well(), Access.READ_WRITE);
  }

  private Target well() {
    return Target.whole(sectors, "linear", disk.device() + " 0");
  }

  Path device() {
    return Path.of("/dev/mapper", name);
  }

  /** Has everything fail. */
  void fail() throws IOException {
    deviceMapper.reload(name, Target.whole(sectors, "error", ""));
  }

  /** Has writes fail; what was written before can be read. */
  void failWrites() throws IOException {
    deviceMapper.reload(
        name, Target.whole(sectors, "flakey", disk.device() + " 0 0 3600 1 error_writes"));
  }

  void heal() throws IOException {
    deviceMapper.reload(name, well());
  }

  @Override
  public void close() throws IOException {
    deviceMapper.remove(name);
    disk.close();
  }
}
