package io.convoy.cli.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.cli.faults.DaemonCall.Answer;
import io.convoy.cli.lab.S3Server;
import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon's credentials are nowhere but where they were given. */
final class SecretsIT {
  private static final String SECRET = S3Server.credentials().get("AWS_SECRET_ACCESS_KEY");

  @TempDir Path directory;

  private final Set<String> commandLines = ConcurrentHashMap.newKeySet();
  private final List<String> answers = new ArrayList<>();
  private DaemonCall daemon;

  private Answer call(String method, String path, ObjectNode body) throws IOException {
    Answer answer = daemon.call(method, path, body);
    answers.add(answer.body());
    return answer;
  }

  private static ObjectNode object(String key, String value) {
    return DaemonCall.object().put(key, value);
  }

  /** Notes the command lines of the programs that run. */
  private Thread watch(long pid) {
    Thread thread =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
                process.info().commandLine().ifPresent(commandLines::add);
                process
                    .descendants()
                    .forEach(each -> each.info().commandLine().ifPresent(commandLines::add));
              }
            });
    thread.start();
    return thread;
  }

  private List<Path> filesWithTheSecret() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), ISO_8859_1).contains(SECRET)) {
          found.add(directory.relativize(file));
        }
      }
    }
    return found;
  }

  @Test
  void backups_withCredentialsInTheEnvironment_leaveThemNowhere() throws Exception {
    Environment.requireRoot();
    Path vfs = Files.createDirectory(directory.resolve("vfs"));
    Path s3 = Files.createDirectory(directory.resolve("s3"));
    List<String> options =
        List.of(
            "--debug",
            "--root",
            directory.resolve("root").toString(),
            "--drivers",
            "vfs",
            "--driver-opts",
            "vfs.path=" + vfs);
    try (S3Server server = S3Server.start(s3, Duration.ZERO);
        DaemonProcess process =
            new DaemonProcess(
                directory,
                options,
                S3Server.credentials(),
                DaemonProcess.apart(Files.createDirectory(directory.resolve("run-docker"))))) {
      process.start();
      daemon = process.call(Duration.ofMinutes(2));
      Thread watch = watch(process.pid());
      ObjectNode good =
          object("SnapshotName", "snap1")
              .put("URL", server.destination("x/").toString())
              .put("Endpoint", server.endpoint());
      call("POST", "/v1/volumes/create", object("Name", "vol1"));
      Files.writeString(vfs.resolve("vol1/file"), "content");
      call("POST", "/v1/snapshots/create", object("VolumeName", "vol1").put("Name", "snap1"));
      Answer made = call("POST", "/v1/backups/create", good);
      assertThat(made.isDone()).as(made.body()).isTrue();
      // Refused by the server, and by nobody who listens.
      call("POST", "/v1/backups/create", good.deepCopy().put("URL", "s3://nosuch@us-east-1/x/"));
      call("POST", "/v1/backups/create", good.deepCopy().put("Endpoint", "http://127.0.0.1:1"));
      call(
          "GET",
          "/v1/backups/inspect",
          object("URL", made.body()).put("Endpoint", server.endpoint()));
      for (String path :
          List.of("/v1/info", "/v1/volumes/list", "/v2/jobs/list", "/v2/doctor", "/metrics")) {
        call("GET", path, DaemonCall.object());
      }
      watch.interrupt();
      watch.join();
    }

    assertThat(answers).hasSizeGreaterThan(9).noneMatch(answer -> answer.contains(SECRET));
    assertThat(commandLines).isNotEmpty().noneMatch(line -> line.contains(SECRET));
    // The server's own settings, which this test wrote.
    assertThat(filesWithTheSecret()).containsExactly(Path.of("s3/s3proxy.conf"));
  }
}
