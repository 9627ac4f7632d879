package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/convoy} on a copy of the sources, in a directory with a blank in its name. */
class LauncherIT {
  private static final long LIMIT_SECONDS = 600;

  @TempDir Path folder;

  private Run run(Map<String, String> environment, String... argv) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(argv).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Run(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("bin/convoy"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  /** Copies what a build needs: neither history nor targets. */
  private static void copySources(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            String name = directory.getFileName().toString();
            if (name.equals("target") || name.equals(".git")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  void launcher_freshSources_buildsOnceAndAgainAfterAChange() throws Exception {
    Environment.require(
        Stream.of("/usr/bin/mvn", "/usr/local/bin/mvn", "/bin/mvn")
            .map(Path::of)
            .anyMatch(Files::isExecutable),
        "needs Maven: apt-get install maven");
    Path sources = folder.resolve("a copy");
    copySources(repository(), sources);
    Path launcher = sources.resolve("bin/convoy");
    Path link = Files.createSymbolicLink(folder.resolve("convoy-link"), launcher);

    // Two at once: one builds, the other waits for it.
    List<Process> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      both.add(
          new ProcessBuilder(link.toString(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("both" + i).toFile())
              .start());
    }
    for (Process process : both) {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    String first = Files.readString(folder.resolve("both0"));
    String second = Files.readString(folder.resolve("both1"));
    assertThat(List.of(both.get(0).exitValue(), both.get(1).exitValue()))
        .as(first + second)
        .containsExactly(0, 0);
    assertThat(first).contains("Convoy version ");
    assertThat(second).contains("Convoy version ");
    assertThat(first + second).containsOnlyOnce("Building Convoy (first run");

    Run again = run(Map.of(), launcher.toString(), "--version");
    assertThat(again).isEqualTo(new Run(0, again.out(), ""));
    assertThat(again.out()).startsWith("Convoy version ");

    // The archive of classes comes by itself, in the background.
    Path current = sources.resolve("convoy-cli/target/run/current").toRealPath();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try (Stream<Path> files = Files.list(current)) {
                return files.anyMatch(file -> file.toString().endsWith(".jsa"));
              }
            });
    assertThat(run(Map.of(), "sh", launcher.toString(), "crate", "vol1").err())
        .isEqualTo(
            "convoy: There is no command 'convoy crate'; did you mean 'create'? ('convoy help' shows those there are)\n");

    backUpWhereTmpIsMountedWithNoexec(launcher);
    backUpToS3(launcher);

    for (Path jdk : installedJdks()) {
      Run run = run(Map.of("JAVA_HOME", jdk.toString()), launcher.toString(), "--version");
      assertThat(run).as(jdk.toString()).isEqualTo(new Run(0, again.out(), ""));
    }

    Path broken =
        Files.writeString(
            sources.resolve("convoy-cli/src/main/java/io/convoy/cli/Broken.java"), "class {");
    Run failed = run(Map.of(), launcher.toString(), "--version");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("Broken.java").contains("convoy: the build failed");

    Files.delete(broken);
    Run repaired = run(Map.of(), launcher.toString(), "--version");
    assertThat(repaired.status()).isZero();
    assertThat(repaired.err()).contains("its sources have changed");
  }

  /** As hardened hosts have it: native libraries can't be loaded from there. */
  private void backUpWhereTmpIsMountedWithNoexec(Path launcher) throws Exception {
    Path image = Files.write(folder.resolve("image"), new byte[1 << 20]);
    Path store = Files.createDirectory(folder.resolve("store"));
    // What the test has in /tmp has to be there all the same.
    Run run =
        run(
            Map.of("CONVOY", launcher.toString(), "FOLDER", folder.toString()),
            "unshare",
            "--mount",
            "sh",
            "-ec",
            """
            mount --bind "$FOLDER" /mnt
            mount -t tmpfs -o noexec tmpfs /tmp
            mkdir -p "$FOLDER"
            mount --bind /mnt "$FOLDER"
            exec "$CONVOY" backup create --image "$FOLDER/image" --volume vol1 --dest "vfs://$FOLDER/store"
            """);
    assertThat(run).isEqualTo(new Run(0, run.out(), ""));
    assertThat(run.out()).startsWith("vfs://" + store + "?backup=");
    Files.delete(image);
  }

  /** Says nothing of its own libraries' affairs. */
  private void backUpToS3(Path launcher) throws Exception {
    Path image = Files.write(folder.resolve("image"), new byte[1 << 20]);
    try (TrainingStore server = new TrainingStore()) {
      Run run =
          run(
              Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret"),
              launcher.toString(),
              "backup",
              "create",
              "--image",
              image.toString(),
              "--volume",
              "vol1",
              "--dest",
              TrainingStore.url(),
              "--s3-endpoint",
              server.endpoint());
      assertThat(run).isEqualTo(new Run(0, run.out(), ""));
      assertThat(run.out()).startsWith(TrainingStore.url() + "?backup=");
    }
    Files.delete(image);
  }

  private static List<Path> installedJdks() throws IOException {
    try (Stream<Path> candidates = Files.list(Path.of("/usr/lib/jvm"))) {
      return candidates.filter(home -> Files.exists(home.resolve("release"))).toList();
    }
  }
}
