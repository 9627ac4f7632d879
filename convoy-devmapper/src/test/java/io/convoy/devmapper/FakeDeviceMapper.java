package io.convoy.devmapper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A device-mapper that knows thin pools and thin devices, with the kernel's answers. */
final class FakeDeviceMapper implements DeviceMapper {
  private static final int EINVAL = 22;
  private static final long MAJOR = 254;

  private final FakeStorage storage;
  private final Path nodes;
  private final Map<String, Device> devices = new TreeMap<>();
  private Hook hook = step -> {};
  private long minors;

  FakeDeviceMapper(FakeStorage storage, Path nodes) {
    this.storage = storage;
    this.nodes = nodes;
  }

  /** Called before and after each change, so that a test can fail or end the process there. */
  interface Hook {
    void reached(String step) throws IOException;
  }

  void setHook(Hook hook) {
    this.hook = hook;
  }

  private static final class Device {
    private final DeviceNumber number;
    private final String uuid;
    private final Access access;
    private Target target;
    private boolean live;
    private boolean suspended;
    private int openCount;

    Device(DeviceNumber number, String uuid, Target target, Access access) {
      this.number = number;
      this.uuid = uuid;
      this.target = target;
      this.access = access;
    }

    int thinId() {
      return Integer.parseInt(target.parameters().split(" ", -1)[1]);
    }

    boolean isThin() {
      return target.type().equals("thin");
    }
  }

  private static DeviceMapperException refusal(String command, String device, int errno) {
    return new DeviceMapperException(command, device, errno, "refused by the fake");
  }

  private Device device(String command, String name) throws IOException {
    Device device = devices.get(name);
    if (device == null) {
      throw refusal(command, name, DeviceMapperException.ENXIO);
    }
    return device;
  }

  /** Counts somebody more, or less, who has a device open. */
  synchronized void open(String name, int change) throws IOException {
    device("OPEN", name).openCount += change;
  }

  @Override
  public String version() {
    return "fake";
  }

  @Override
  public synchronized List<String> names() {
    return List.copyOf(devices.keySet());
  }

  @Override
  public synchronized Optional<DeviceState> state(String name) {
    return Optional.ofNullable(devices.get(name))
        .map(
            device ->
                new DeviceState(
                    device.number,
                    device.uuid,
                    device.openCount,
                    device.suspended,
                    device.access == Access.READ_ONLY,
                    device.live));
  }

  @Override
  public synchronized List<Target> table(String name) throws IOException {
    Device device = device("TABLE", name);
    return device.live ? List.of(device.target) : List.of();
  }

  @Override
  public synchronized List<Target> status(String name) throws IOException {
    Device device = device("STATUS", name);
    String status =
        device.isThin()
            ? "0 -"
            : "%s 10/4096 %s/512 %s rw discard_passdown queue_if_no_space - 1024"
                .formatted(
                    storage.transactionId,
                    storage.thins.size() + storage.takenBlocks,
                    storage.metadataHeld ? "11" : "-");
    return List.of(Target.whole(device.target.lengthSectors(), device.target.type(), status));
  }

  @Override
  public synchronized void create(String name, String uuid, Target target, Access access)
      throws IOException {
    hook.reached("before CREATE " + name);
    if (devices.containsKey(name)) {
      throw refusal("CREATE", name, DeviceMapperException.EBUSY);
    }
    Device device = new Device(new DeviceNumber(MAJOR, minors++), uuid, target, access);
    devices.put(name, device);
    try {
      hook.reached("before RELOAD of new " + name);
      load(name, device);
      hook.reached("before RESUME of new " + name);
    } catch (IOException | RuntimeException e) {
      devices.remove(name);
      throw e;
    }
    device.live = true;
    Path node = nodes.resolve(name);
    if (device.isThin()) {
      Files.createLink(node, storage.thins.get(device.thinId()));
    } else {
      Files.createFile(node);
    }
    hook.reached("after CREATE " + name);
  }

  private void load(String name, Device device) throws IOException {
    switch (device.target.type()) {
      case "thin-pool" ->
          storage.commit(Long.parseLong(device.target.parameters().split(" ", -1)[2]));
      case "thin" -> {
        Path content = storage.thins.get(device.thinId());
        if (content == null) {
          throw refusal("RELOAD", name, EINVAL);
        }
        setLength(content, device.target);
      }
      default -> throw refusal("RELOAD", name, EINVAL);
    }
  }

  private static void setLength(Path content, Target target) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(content.toFile(), "rw")) {
      file.setLength(target.lengthSectors() * ThinPoolConfig.SECTOR_BYTES);
    }
  }

  @Override
  public synchronized void reload(String name, Target target) throws IOException {
    hook.reached("before RELOAD " + name);
    Device device = device("RELOAD", name);
    device.target = target;
    if (device.isThin()) {
      setLength(storage.thins.get(device.thinId()), target);
    }
    hook.reached("after RELOAD " + name);
  }

  @Override
  public synchronized void suspend(String name) throws IOException {
    hook.reached("before SUSPEND " + name);
    device("SUSPEND", name).suspended = true;
    hook.reached("after SUSPEND " + name);
  }

  @Override
  public synchronized void resume(String name) throws IOException {
    hook.reached("before RESUME " + name);
    device("RESUME", name).suspended = false;
    hook.reached("after RESUME " + name);
  }

  @Override
  public synchronized void remove(String name) throws IOException {
    hook.reached("before REMOVE " + name);
    if (device("REMOVE", name).openCount > 0) {
      throw refusal("REMOVE", name, DeviceMapperException.EBUSY);
    }
    devices.remove(name);
    Files.deleteIfExists(nodes.resolve(name));
    hook.reached("after REMOVE " + name);
  }

  @Override
  public synchronized void message(String name, String message) throws IOException {
    hook.reached("before " + message);
    Device pool = device("Message '" + message + "'", name);
    List<String> words = new ArrayList<>(List.of(message.split(" ", -1)));
    String verb = words.remove(0);
    int errno = obey(verb, words.stream().mapToInt(Integer::parseInt).toArray());
    if (errno != 0) {
      throw refusal("Message '" + message + "'", name, errno);
    }
    storage.commit(Long.parseLong(pool.target.parameters().split(" ", -1)[2]));
    hook.reached("after " + message);
  }

  private int obey(String verb, int[] arguments) throws IOException {
    switch (verb) {
      case "create_thin" -> {
        if (storage.thins.containsKey(arguments[0])) {
          return DeviceMapperException.EEXIST;
        }
        storage.thins.put(arguments[0], Files.createFile(storage.newThinFile()));
      }
      case "create_snap" -> {
        if (storage.thins.containsKey(arguments[0])) {
          return DeviceMapperException.EEXIST;
        }
        Path origin = storage.thins.get(arguments[1]);
        if (origin == null) {
          return DeviceMapperException.ENODATA;
        }
        for (Device device : devices.values()) {
          if (device.isThin() && device.thinId() == arguments[1] && !device.suspended) {
            throw new AssertionError("snapshot of a device that is not suspended");
          }
        }
        storage.thins.put(arguments[0], Files.copy(origin, storage.newThinFile()));
      }
      case "delete" -> {
        if (!storage.thins.containsKey(arguments[0])) {
          return DeviceMapperException.ENODATA;
        }
        if (devices.values().stream()
            .anyMatch(device -> device.isThin() && device.thinId() == arguments[0])) {
          return DeviceMapperException.EBUSY;
        }
        Files.delete(storage.thins.remove(arguments[0]));
      }
      case "set_transaction_id" -> {
        if (storage.transactionId != arguments[0]) {
          return EINVAL;
        }
        storage.transactionId = arguments[1];
      }
      case "reserve_metadata_snap" -> {
        if (storage.metadataHeld) {
          return DeviceMapperException.EBUSY;
        }
        storage.metadataHeld = true;
      }
      case "release_metadata_snap" -> {
        if (!storage.metadataHeld) {
          return EINVAL;
        }
        storage.metadataHeld = false;
      }
      default -> {
        return EINVAL;
      }
    }
    return 0;
  }
}
