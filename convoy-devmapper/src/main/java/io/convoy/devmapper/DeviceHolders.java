package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds out who keeps a device busy, for the message that says that it is. */
final class DeviceHolders {
  private static final Path PROCESSES = Path.of("/proc");
  private static final int MOST = 5;

  /** Engines name a container's control group by its id; people know it by the first 12 digits. */
  private static final Pattern CONTAINER =
      Pattern.compile("[/-]([0-9a-f]{12})[0-9a-f]{52}(?![0-9a-f])");

  private DeviceHolders() {}

  /**
   * Returns who has a device mounted, open, or works below one of its mount points, for people. It
   * looks only; a process that ends meanwhile, or that may not be looked at, is left out.
   */
  static String describe(DeviceNumber device, Path node, List<Path> mountPoints) {
    List<String> holders = new ArrayList<>();
    if (!mountPoints.isEmpty()) {
      holders.add("mounted at " + mountPoints.get(0));
    }
    try (DirectoryStream<Path> above =
        Files.newDirectoryStream(Path.of("/sys/dev/block", device.toString(), "holders"))) {
      for (Path holder : above) {
        holders.add("device " + holder.getFileName());
      }
    } catch (IOException e) {
      // Nothing to tell from there.
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        if (holders.size() < MOST && holds(process, device, node, mountPoints)) {
          holders.add(
              "process %s (%s)%s"
                  .formatted(process.getFileName(), name(process), container(process)));
        }
      }
    } catch (IOException e) {
      // Nothing to tell from there.
    }
    return holders.isEmpty() ? "by somebody that can't be found out" : String.join(", ", holders);
  }

  private static boolean holds(
      Path process, DeviceNumber device, Path node, List<Path> mountPoints) {
    if (Files.exists(process.resolve("cwd")) && below(process.resolve("cwd"), mountPoints)) {
      return true;
    }
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      if (open.anyMatch(file -> below(file, mountPoints) || target(file).equals(node.toString()))) {
        return true;
      }
    } catch (IOException | RuntimeException e) {
      return false;
    }
    return mountPoints.isEmpty() && mountedFor(process, device);
  }

  /** A container has mounts of its own, which keep a device busy after the host's is gone. */
  private static boolean mountedFor(Path process, DeviceNumber device) {
    try (Stream<String> mounts = Files.lines(process.resolve("mountinfo"), ISO_8859_1)) {
      return mounts.anyMatch(line -> line.contains(" " + device + " "));
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private static boolean below(Path link, List<Path> mountPoints) {
    String target = target(link);
    return target.startsWith("/")
        && mountPoints.stream().anyMatch(mountPoint -> Path.of(target).startsWith(mountPoint));
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns in which container a process is, with a word before it, or an empty text. */
  private static String container(Path process) {
    try {
      Matcher id = CONTAINER.matcher(Files.readString(process.resolve("cgroup"), ISO_8859_1));
      return id.find() ? " in container " + id.group(1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm"), ISO_8859_1).strip();
    } catch (IOException e) {
      return "?";
    }
  }
}
