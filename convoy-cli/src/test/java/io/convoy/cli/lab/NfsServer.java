package io.convoy.cli.lab;

import static io.convoy.cli.lab.NfsHost.run;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The lab kernel's own NFS server, with a file system on a loop device. */
public final class NfsServer implements AutoCloseable {
  private static final long BYTES = 256L << 20;
  private static final String GRACE_SECONDS = "10\n";

  private final Path export;
  private final String device;
  private final Process portMapper;

  private NfsServer(Path export, String device, Process portMapper) {
    this.export = export;
    this.device = device;
    this.portMapper = portMapper;
  }

  /** Starts it for clients on 10.99.0.0/16. */
  public static NfsServer start(Path directory) throws IOException {
    Path image = directory.resolve("export.img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(BYTES);
    }
    Path export = Files.createDirectories(directory.resolve("export"));
    String device = run("losetup", "--find", "--show", image.toString()).strip();
    run("mkfs.ext4", "-q", device);
    run("mount", device, export.toString());
    run("mount", "-t", "tmpfs", "tmpfs", "/var/lib/nfs");
    for (String name : new String[] {"etab", "rmtab", "xtab"}) {
      Files.createFile(Path.of("/var/lib/nfs", name));
    }
    Files.createDirectory(Path.of("/var/lib/nfs/v4recovery"));
    for (String module : new String[] {"nfsd", "nfsv3", "nfsv4", "veth"}) {
      run("modprobe", module);
    }
    run("mount", "-t", "nfsd", "nfsd", "/proc/fs/nfsd");
    // A client that is gone keeps its locks for so long.
    Files.writeString(Path.of("/proc/fs/nfsd/nfsv4leasetime"), "10\n");
    Files.writeString(Path.of("/proc/fs/nfsd/nfsv4gracetime"), GRACE_SECONDS);
    run("exportfs", "-o", "rw,sync,no_root_squash,fsid=0,insecure", "10.99.0.0/16:" + export);
    // Version 3, and what goes with it, is for clients that are to have no locks at the server.
    Process portMapper = new ProcessBuilder("rpcbind", "-f").inheritIO().start();
    NfsServer server = new NfsServer(export, device, portMapper);
    await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(server::isMapperThere);
    server.resume();
    run("rpc.mountd");
    return server;
  }

  private boolean isMapperThere() throws IOException {
    return !run("rpcinfo", "-p").isEmpty();
  }

  /** Takes all threads from the server: it answers nobody. */
  public void stop() throws IOException {
    run("rpc.nfsd", "0");
  }

  /** Has it serve again, first those that it served before. */
  public void resume() throws IOException {
    run("rpc.nfsd", "-V", "4.2", "4");
  }

  /** Returns where the server has what it serves. */
  public Path export() {
    return export;
  }

  @Override
  public void close() throws IOException {
    stop();
    portMapper.destroy();
    run("exportfs", "-ua");
    run("umount", export.toString());
    run("losetup", "--detach", device);
  }
}
