package io.convoy.ebs.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The hardware of an instance: a directory of device nodes and one like /sys. Attached volumes are
 * real loop devices. A Nitro machine numbers its devices as they come and tells the volume by a
 * serial number; a Xen one names them after the attachment.
 */
public final class Machine {
  private final Path directory;
  private final boolean nitro;
  private final Map<String, Disk> disks = new TreeMap<>();

  private record Disk(String name, String loop) {}

  Machine(Path directory, boolean nitro) {
    this.directory = directory;
    this.nitro = nitro;
    try {
      Files.createDirectories(devices());
      Files.createDirectories(system().resolve("block"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what stands for /dev. */
  public Path devices() {
    return directory.resolve("dev");
  }

  /** Returns what stands for /sys. */
  public Path system() {
    return directory.resolve("sys");
  }

  /** Returns the node of an attached volume. */
  public synchronized Optional<Path> node(String volumeId) {
    return Optional.ofNullable(disks.get(volumeId)).map(disk -> devices().resolve(disk.name()));
  }

  /** Makes a device appear that has nothing to do with the account. */
  public synchronized Path addStranger(String serial, Path image) {
    plug(serial, "/dev/sdz", image);
    return node(serial).orElseThrow();
  }

  synchronized void plug(String volumeId, String attachmentName, Path image) {
    String loop = Programs.run("losetup", "--find", "--show", image.toString()).strip();
    String name = nitro ? freeName() : attachmentName.replaceFirst("^/dev/(sd|xvd)", "xvd");
    try {
      String number = Files.readString(Path.of("/sys/block", loop.substring(5), "dev")).strip();
      Programs.run(
          List.of(
              "mknod",
              devices().resolve(name).toString(),
              "b",
              number.split(":", -1)[0],
              number.split(":", -1)[1]));
      Path block = Files.createDirectories(system().resolve("block").resolve(name));
      Files.writeString(block.resolve("dev"), number + "\n");
      if (nitro) {
        Path device = Files.createDirectories(block.resolve("device"));
        Files.writeString(device.resolve("serial"), volumeId.replace("vol-", "vol") + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    disks.put(volumeId, new Disk(name, loop));
  }

  private String freeName() {
    for (int i = 1; ; i++) {
      String name = "nvme" + i + "n1";
      if (Files.notExists(devices().resolve(name))) {
        return name;
      }
    }
  }

  /** Returns whether a volume's device is mounted, by whichever process of this machine. */
  synchronized boolean isBusy(String volumeId) {
    Disk disk = disks.get(volumeId);
    if (disk == null) {
      return false;
    }
    String number;
    try {
      number = Files.readString(Path.of("/sys/block", disk.loop().substring(5), "dev")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Set<String> seen = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (isMountedFor(process, number, seen)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Looks into a process's mount namespace, if no other process's was the same. */
  private static boolean isMountedFor(Path process, String number, Set<String> seen) {
    try {
      return seen.add(Files.readSymbolicLink(process.resolve("ns/mnt")).toString())
          && Files.readAllLines(process.resolve("mountinfo"), ISO_8859_1).stream()
              .anyMatch(line -> line.split(" ", -1)[2].equals(number));
    } catch (IOException e) {
      // It has ended.
      return false;
    }
  }

  synchronized void unplug(String volumeId) {
    Disk disk = disks.remove(volumeId);
    if (disk == null) {
      return;
    }
    try {
      Files.delete(devices().resolve(disk.name()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Programs.run("rm", "-r", system().resolve("block").resolve(disk.name()).toString());
    Programs.run("losetup", "--detach", disk.loop());
  }

  /** Tells the device of a volume that it has become larger. */
  synchronized void resized(String volumeId) {
    Disk disk = disks.get(volumeId);
    if (disk != null) {
      Programs.run("losetup", "--set-capacity", disk.loop());
    }
  }

  private static void unmount(String loop) {
    try {
      Programs.run("umount", "--all-targets", loop);
    } catch (UncheckedIOException e) {
      // Not mounted in this namespace: the kernel lets go when that process ends.
    }
  }

  /** Takes everything away; unmounts what is mounted. */
  synchronized void powerOff() {
    for (String volumeId : List.copyOf(disks.keySet())) {
      if (isBusy(volumeId)) {
        unmount(disks.get(volumeId).loop());
      }
      unplug(volumeId);
    }
  }
}
