package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupOptions;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import io.convoy.plugin.DaemonConfig.Observation;
import io.convoy.plugin.DaemonConfig.Sockets;
import io.convoy.plugin.LogFormat;
import io.convoy.plugin.MetricsAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

@Parameters(commandDescription = "Run the daemon in the foreground until it is told to stop")
@Usage(
    examples = {
      "convoy daemon --drivers vfs --driver-opts vfs.path=/srv/volumes",
      "convoy daemon --drivers devicemapper --driver-opts dm.datadev=/dev/loop5 --driver-opts"
          + " dm.metadatadev=/dev/loop6"
    })
final class DaemonCommand implements Command {
  @Placeholder("file")
  @Parameter(
      names = "--log",
      description = "The file to log to",
      defaultValueDescription = "standard output")
  String log = "";

  @Placeholder("directory")
  @Parameter(
      names = "--root",
      description = "The directory for Convoy's state",
      defaultValueDescription = "/var/lib/convoy; not root: $XDG_DATA_HOME/convoy")
  String root = "";

  @Placeholder("vfs|devicemapper|ebs")
  @Parameter(
      names = {"--drivers", "--driver"},
      splitter = Unsplit.class,
      description =
          "A driver to use: vfs, devicemapper or ebs; repeat it for more, the default first",
      defaultValueDescription = "as at the last start")
  List<String> drivers = new ArrayList<>();

  @Placeholder("key=value")
  @Parameter(
      names = "--driver-opts",
      splitter = Unsplit.class,
      description = "A driver's option, as key=value; repeat it for more",
      defaultValueDescription = "as at the last start")
  List<String> driverOptions = new ArrayList<>();

  @Placeholder("file")
  @Parameter(
      names = "--mnt-ns",
      description = "The mount namespace to mount in, such as /host/proc/1/ns/mnt",
      defaultValueDescription = "the daemon's own")
  String mountNamespace = "";

  @Parameter(
      names = "--ignore-docker-delete",
      description = "Keep volumes that Docker says are to be deleted")
  boolean ignoreDockerDelete;

  @Parameter(
      names = "--create-on-docker-mount",
      description = "Create a volume that Docker mounts and that is not there")
  boolean createOnDockerMount;

  @Placeholder("duration")
  @Parameter(
      names = "--cmd-timeout",
      description = "How long a program may run that Convoy starts, if its own limit is shorter",
      defaultValueDescription = "each program's own limit")
  String commandTimeout = "";

  @Parameter(
      names = "--ignore-config-file",
      description = "Use these flags alone, not what the last start left under the root")
  boolean ignoreConfigFile;

  @Placeholder("group")
  @Parameter(
      names = "--socket-group",
      description = "The group whose members may use the socket, beside root",
      defaultValueDescription = "none, root alone")
  String socketGroup = "";

  @Placeholder("native|v0.5.2")
  @Parameter(
      names = "--format",
      description =
          "The format of backups that ask for none: native, or v0.5.2, which that one restores too",
      defaultValueDescription = "native")
  String format = "";

  @Placeholder("zstd|lz4|gzip|none")
  @Parameter(
      names = "--compression",
      description = "The compression of backups that ask for none: zstd, lz4, gzip or none",
      defaultValueDescription = "zstd")
  String compression = "";

  @Placeholder("text|json")
  @Parameter(
      names = "--log-format",
      description = "How to log: text, or json, an object a line",
      defaultValueDescription = "text")
  String logFormat = "text";

  @Placeholder("address:port")
  @Parameter(
      names = "--metrics-address",
      description =
          "Serve metrics there by HTTP, too, such as 127.0.0.1:9475; an address of this host alone",
      defaultValueDescription = "none, at the socket alone")
  String metricsAddress = "";

  @Parameter(
      names = "--metrics-public",
      description = "Let --metrics-address be one that others reach; nobody is asked who he is")
  boolean metricsPublic;

  @Override
  public void run(Session session) throws MisuseException, IOException {
    DaemonConfig config = config(session);
    ConvoyDaemon daemon;
    try {
      daemon = ConvoyDaemon.start(config, session.out());
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
    daemon.closeAtExit();
    try {
      daemon.awaitClosed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("the daemon was interrupted").initCause(e);
    }
  }

  DaemonConfig config(Session session) throws MisuseException {
    Map<String, String> options = options();
    try {
      return new DaemonConfig(
          path(root),
          new Sockets(
              session.global().socket(session.environment()),
              Optional.of(DaemonConfig.DEFAULT_PLUGIN_SOCKET),
              Optional.of(socketGroup).filter(group -> !group.isEmpty())),
          drivers(),
          options,
          path(mountNamespace),
          ignoreDockerDelete ? Optional.of(true) : Optional.empty(),
          createOnDockerMount ? Optional.of(true) : Optional.empty(),
          Optional.of(commandTimeout).filter(time -> !time.isEmpty()),
          new BackupOptions(Arguments.optional(format), Arguments.optional(compression)),
          ignoreConfigFile,
          new Observation(
              path(log),
              session.global().debug,
              LogFormat.parse(logFormat),
              metricsAddress.isEmpty()
                  ? Optional.empty()
                  : Optional.of(MetricsAddress.parse(metricsAddress, metricsPublic))));
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
  }

  private static Optional<Path> path(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }

  private List<String> drivers() throws MisuseException {
    List<String> all =
        drivers.stream()
            .flatMap(names -> Stream.of(names.split(",", -1)))
            .map(String::strip)
            .distinct()
            .toList();
    if (all.contains("")) {
      throw new MisuseException(
          "--drivers has an empty name in '%s': expected names like 'vfs' or 'vfs,ebs'"
              .formatted(String.join(",", drivers)));
    }
    return all;
  }

  private Map<String, String> options() throws MisuseException {
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : driverOptions) {
      int equals = option.indexOf('=');
      if (equals <= 0) {
        throw new MisuseException(
            "Invalid --driver-opts '%s': expected key=value, like vfs.path=/srv/volumes"
                .formatted(option));
      }
      options.put(option.substring(0, equals).strip(), option.substring(equals + 1));
    }
    return options;
  }
}
