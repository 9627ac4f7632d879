package io.convoy.cli.lines;

import io.convoy.cli.host.Finished;
import io.convoy.cli.lab.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs documented lines in a machine of the kernel lab, and brings what became of them back in its
 * output.
 */
final class LabLines {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String MARK = "outcome ";

  /** What has to be there before the first line: a server's share, disks, a volume group. */
  private static final String SURROUNDINGS =
      """
      modprobe nfsd
      modprobe nfsv4
      mount -t tmpfs tmpfs /var/lib/nfs
      mkdir -p /var/lib/nfs/v4recovery /run/export/path /srv/vfs /mnt/vol1
      touch /var/lib/nfs/etab /var/lib/nfs/rmtab
      mount -t nfsd nfsd /proc/fs/nfsd
      exportfs -o rw,no_root_squash,fsid=0,insecure 127.0.0.1:/run/export
      rpc.nfsd -N 3 -V 4.2 2
      rpc.mountd -N 3
      truncate -s 20G data2.vol; losetup /dev/loop3 data2.vol
      truncate -s 64M metadata2.vol; losetup /dev/loop4 metadata2.vol
      truncate -s 6G lvm.vol; losetup /dev/loop7 lvm.vol
      pvcreate /dev/loop7
      vgcreate convoy-vg /dev/loop7
      lvcreate --yes --wipesignatures n --zero n --size 4G --name data convoy-vg
      lvcreate --yes --wipesignatures n --zero n --size 64M --name metadata convoy-vg
      """;

  private LabLines() {}

  /** Runs a document's lines of one heading there, from here, and tells what became of each. */
  static void run(
      Path directory,
      Path document,
      String heading,
      List<DocumentedLine> lines,
      Consumer<LineRunner.Outcome> outcomes)
      throws Exception {
    Machine machine = new Machine(directory);
    Finished finished =
        machine.run(
            LIMIT,
            """
            (
            cd /root
            %s) >&2
            LC_ALL=C.UTF-8 '%s/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp '%s' %s '%s' '%s'
            """
                .formatted(
                    SURROUNDINGS,
                    System.getProperty("java.home"),
                    System.getProperty("java.class.path"),
                    LabLines.class.getName(),
                    document.toRealPath(),
                    heading));
    for (String text : finished.output().lines().filter(one -> one.startsWith(MARK)).toList()) {
      String[] words = text.substring(MARK.length()).split("\t", 5);
      DocumentedLine line =
          lines.stream()
              .filter(one -> one.number() == Integer.parseInt(words[0]))
              .findFirst()
              .orElseThrow();
      outcomes.accept(
          new LineRunner.Outcome(
              line,
              Boolean.parseBoolean(words[1]),
              words[3],
              Integer.parseInt(words[2]),
              words[4]));
    }
    finished.ok();
  }

  /** Runs the lines, there: the arguments are the document and the heading. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("lines");
    LineRunner runner =
        new LineRunner(script -> Scripts.run(List.of(), Map.of(), directory, script), "")
            .fill("server", "127.0.0.1")
            .fill("vfs_path", "/srv/vfs")
            .fill("other", "/var/lib/other")
            .fill("third", "/var/lib/third");
    for (DocumentedLine line : DocumentedLine.read(Path.of(arguments[0])).get(arguments[1])) {
      LineRunner.Outcome outcome = runner.run(line);
      System.out.println(
          MARK
              + String.join(
                  "\t",
                  Integer.toString(line.number()),
                  Boolean.toString(outcome.asPromised()),
                  Integer.toString(outcome.status()),
                  outcome.as(),
                  outcome.printed().replaceAll("\\s+", " ")));
    }
    runner.stopDaemon();
  }
}
