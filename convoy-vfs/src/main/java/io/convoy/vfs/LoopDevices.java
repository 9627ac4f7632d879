package io.convoy.vfs;

import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds loop devices that somebody left attached to an image in a volume: the room that a deleted
 * image takes stays taken until then. Convoy itself attaches none.
 */
final class LoopDevices {
  private static final String DELETED = " (deleted)";

  private final Path blockDevices;

  /**
   * Makes one.
   *
   * @param blockDevices the directory in which the kernel shows block devices
   */
  LoopDevices(Path blockDevices) {
    this.blockDevices = blockDevices;
  }

  static LoopDevices ofThisMachine() {
    return new LoopDevices(Path.of("/sys/block"));
  }

  List<Finding> examine(Path root) throws IOException {
    List<Finding> findings = new ArrayList<>();
    String below = root.toRealPath() + "/";
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(blockDevices, "loop*")) {
      for (Path device : devices) {
        String file = backingFile(device);
        if (file.startsWith(below) && file.endsWith(DELETED)) {
          findings.add(
              new Finding(
                  Severity.WARNING,
                  "Loop device /dev/%s holds %s, which is deleted: its room is not free yet"
                      .formatted(
                          device.getFileName(),
                          file.substring(0, file.length() - DELETED.length())),
                  "if nobody uses it: losetup --detach /dev/" + device.getFileName()));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of(); // a kernel without them
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return findings;
  }

  private static String backingFile(Path device) throws IOException {
    try {
      return Files.readString(device.resolve("loop/backing_file")).strip();
    } catch (NoSuchFileException e) {
      return ""; // nothing is attached to it
    }
  }
}
