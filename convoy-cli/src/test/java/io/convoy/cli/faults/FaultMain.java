package io.convoy.cli.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One run, in a process that can be given a kernel or a mount namespace of its own. It ends when
 * its standard input does, with all that it started.
 *
 * <p>Its arguments: {@code host}, {@code lab} or {@code nfs}, the seed, for how many seconds, a
 * directory.
 */
final class FaultMain {
  private static final int HOST_CLIENTS = 4;
  private static final int LAB_CLIENTS = 2;

  private FaultMain() {}

  public static void main(String[] args) throws Exception {
    boolean lab = !args[0].equals("host");
    long seed = Long.parseLong(args[1]);
    Duration duration = Duration.ofSeconds(Long.parseLong(args[2]));
    Path directory = Path.of(args[3]);
    if (!lab) {
      endWithInput();
    }
    FaultReport report;
    Path log;
    try (Site site = site(args[0], directory, seed)) {
      log = site.daemon().log();
      report = new FaultRun(site, lab ? LAB_CLIENTS : HOST_CLIENTS, seed).run(duration);
    }
    System.out.printf("%n%s, seed %s%n%s%n", args[0], seed, report.table());
    if (!report.isClean() || !report.showsSomething()) {
      report.details().forEach(System.out::println);
      Path kept = directory.resolve("daemon.log");
      if (!log.equals(kept)) {
        Files.copy(log, kept);
      }
      System.exit(1);
    }
  }

  private static Site site(String name, Path directory, long seed)
      throws IOException, InterruptedException {
    return switch (name) {
      case "host" -> new HostSite(directory, seed);
      case "lab" -> new LabSite();
      case "nfs" -> new NfsSite();
      default -> throw new IllegalArgumentException("site '%s'".formatted(name));
    };
  }

  private static void endWithInput() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(java.io.OutputStream.nullOutputStream());
              } catch (IOException e) {
                // That is an end, too.
              }
              Runtime.getRuntime().halt(3);
            },
            "input");
    watch.setDaemon(true);
    watch.start();
  }
}
