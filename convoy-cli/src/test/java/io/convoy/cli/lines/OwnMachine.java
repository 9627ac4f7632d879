package io.convoy.cli.lines;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.cli.host.Finished;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A machine of its own on this kernel: every path can be written, and nothing of it is left. It has
 * the {@code convoy} command as it is built here.
 */
final class OwnMachine implements LineRunner.Shell, AutoCloseable {
  private static final Path LAB = Path.of("src/test/lab").toAbsolutePath();

  private final Path directory;
  private final Process process;
  private final long inside;
  private final Map<String, String> environment = new HashMap<>();

  private OwnMachine(Path directory, Process process, long inside) {
    this.directory = directory;
    this.process = process;
    this.inside = inside;
  }

  /** Makes one, with an empty directory for itself. */
  static OwnMachine start(Path directory) throws IOException {
    Path own = Files.createDirectories(directory.resolve("machine"));
    List<String> argv = new ArrayList<>(List.of(LAB.resolve("own-machine").toString()));
    argv.add(own.toString());
    neededDirectories().forEach(needed -> argv.add(needed.toString()));
    Process process =
        new ProcessBuilder(argv).redirectError(directory.resolve("machine.log").toFile()).start();
    try {
      BufferedReader output =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      if (!"ready".equals(output.readLine())) {
        throw new IOException(
            "no machine of its own: " + Files.readString(directory.resolve("machine.log")));
      }
      long inside = process.children().findFirst().orElseThrow().pid();
      OwnMachine machine = new OwnMachine(directory, process, inside);
      machine.writeCommand();
      return machine;
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Where this JVM, its class path and the sources are. */
  private static Set<Path> neededDirectories() throws IOException {
    Set<Path> needed = new LinkedHashSet<>();
    needed.add(Path.of("..").toRealPath());
    needed.add(Path.of(System.getProperty("java.home")).toRealPath());
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      for (Path part = Path.of(entry); part != null; part = part.getParent()) {
        if (part.endsWith("repository")) {
          needed.add(part.toRealPath());
        }
      }
    }
    return needed;
  }

  private void writeCommand() throws IOException {
    run("""
        cat >/usr/local/bin/convoy <<'END'
        #!/bin/sh
        exec %s/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '%s' io.convoy.cli.ConvoyCli "$@"
        END
        chmod +x /usr/local/bin/convoy
        """
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")))
        .ok();
  }

  /** Returns what is in the environment of all that runs there from now on. */
  Map<String, String> environment() {
    return environment;
  }

  /** Starts a Docker Engine with the image convoy-test:1. */
  void startEngine() throws IOException {
    run("set -e; . '%s'; start_engine".formatted(LAB.resolve("engine"))).ok();
  }

  @Override
  public Finished run(String script) throws IOException {
    return Scripts.run(
        List.of("nsenter", "--mount", "--pid", "--target", Long.toString(inside)),
        environment,
        directory,
        script);
  }

  /** Ends all that runs there. */
  @Override
  public void close() throws IOException {
    // The first process there ends, and the kernel kills the others.
    process.getOutputStream().close();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
