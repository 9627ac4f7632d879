package io.convoy.cli.faults;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.cli.faults.Site.Fault;
import io.convoy.cli.lab.NfsServer;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What goes wrong, each for a few seconds. */
final class Faults {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final CommandRunner COMMANDS = new ProcessCommandRunner();

  private Faults() {}

  private interface Happening {
    long happen(Random random) throws IOException, InterruptedException;
  }

  private record Named(String name, Happening happening) implements Fault {
    @Override
    public long happen(Random random) throws IOException, InterruptedException {
      return happening.happen(random);
    }
  }

  private static void pause(Random random, int mostMillis) throws InterruptedException {
    Thread.sleep(random.nextInt(mostMillis));
  }

  /** The kernel's out-of-memory killer ends the daemon; it is started again. */
  static Fault kill(DaemonProcess daemon) {
    return new Named(
        "kill -9",
        random -> {
          daemon.kill();
          pause(random, 1500);
          long start = System.nanoTime();
          start(daemon);
          return start;
        });
  }

  /** An operator restarts the daemon. */
  static Fault restart(DaemonProcess daemon) {
    return new Named(
        "restart",
        random -> {
          daemon.stop();
          long start = System.nanoTime();
          start(daemon);
          return start;
        });
  }

  /** As systemd does it: again and again. */
  private static void start(DaemonProcess daemon) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        daemon.start();
        return;
      } catch (IOException e) {
        if (daemon.isAlive() || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(500);
      }
    }
  }

  /** The daemon stands still. */
  static Fault freeze(DaemonProcess daemon) {
    return new Named(
        "SIGSTOP",
        random -> {
          daemon.signal("STOP");
          try {
            Thread.sleep(500 + random.nextInt(5000));
          } finally {
            daemon.signal("CONT");
          }
          return System.nanoTime();
        });
  }

  /** A file system has no room left. */
  static Fault fullDisk(String what, Path directory) {
    return new Named(
        "full disk: " + what,
        random -> {
          Path ballast = directory.resolve("ballast");
          try {
            fill(ballast);
            Thread.sleep(500 + random.nextInt(3000));
          } finally {
            Files.deleteIfExists(ballast);
          }
          return System.nanoTime();
        });
  }

  private static void fill(Path ballast) throws IOException {
    for (int size = 1 << 20; size >= 1024; size /= 4) {
      ByteBuffer bytes = ByteBuffer.allocate(size);
      try (FileChannel file = FileChannel.open(ballast, CREATE, WRITE)) {
        file.position(file.size());
        while (true) {
          file.write(bytes.clear());
        }
      } catch (IOException e) {
        // There is no room for that much.
      }
    }
  }

  /** A file system can be read only. */
  static Fault readOnly(String what, Path mountPoint) {
    return new Named(
        "read-only: " + what,
        random -> {
          if (!remount(mountPoint, "ro")) {
            return System.nanoTime();
          }
          try {
            Thread.sleep(500 + random.nextInt(3000));
          } finally {
            COMMANDS.run(List.of("mount", "-o", "remount,rw", mountPoint.toString()), LIMIT);
          }
          return System.nanoTime();
        });
  }

  /** Tries for a while, since the kernel refuses while a file is open to be written. */
  private static boolean remount(Path mountPoint, String mode)
      throws IOException, InterruptedException {
    for (int i = 0; i < 200; i++) {
      try {
        COMMANDS.run(List.of("mount", "-o", "remount," + mode, mountPoint.toString()), LIMIT);
        return true;
      } catch (CommandFailedException e) {
        Thread.sleep(10);
      }
    }
    return false;
  }

  /** An S3 server that is not what it was. */
  static Fault flaky(FlakyProxy proxy, FlakyProxy.Mood mood) {
    return new Named(
        "S3 " + mood.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
        random -> {
          proxy.setMood(mood);
          try {
            Thread.sleep(500 + random.nextInt(4000));
          } finally {
            proxy.setMood(FlakyProxy.Mood.WELL);
          }
          return System.nanoTime();
        });
  }

  /**
   * The NFS server is restarted. It is well again once it takes a new file: before that it waits
   * for those that it served to tell what they have open.
   */
  static Fault nfsRestart(NfsServer server, Path share) {
    return new Named(
        "NFS server restart",
        random -> {
          server.stop();
          try {
            pause(random, 6000);
          } finally {
            server.resume();
          }
          // Waits in the kernel.
          Path probe = share.resolve(".probe");
          COMMANDS.run(List.of("touch", probe.toString()), LIMIT);
          COMMANDS.run(List.of("rm", probe.toString()), LIMIT);
          return System.nanoTime();
        });
  }

  /** The clock is set, and set right again. Only for kernels of their own. */
  static Fault clockJump() {
    return new Named(
        "clock jump",
        random -> {
          long seconds = (random.nextBoolean() ? 1 : -1) * (60L + random.nextInt(7200));
          jump(seconds);
          try {
            pause(random, 4000);
          } finally {
            jump(-seconds);
          }
          return System.nanoTime();
        });
  }

  private static void jump(long seconds) throws IOException {
    long now = System.currentTimeMillis() / 1000;
    COMMANDS.run(List.of("date", "-s", "@" + (now + seconds)), LIMIT);
  }
}
