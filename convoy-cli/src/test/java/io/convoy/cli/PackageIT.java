package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.core.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packages that {@code bin/package} makes of what this build has built. */
class PackageIT {
  private static final long LIMIT_SECONDS = 300;

  @TempDir Path folder;

  @BeforeEach
  void makePackages() throws Exception {
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "needs dpkg-deb: apt-get install dpkg");
    run("../bin/package", "--built", "--out", folder.resolve("packages").toString());
  }

  private String run(String... argv) throws Exception {
    Path out = Files.createTempFile(folder, "run", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(argv).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String said = Files.readString(out, UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", List.of(argv), said).isZero();
    return said;
  }

  private Path find(String suffix) throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("packages"))) {
      return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
    }
  }

  @Test
  void archive_unpackedAnywhere_runs() throws Exception {
    Path place = Files.createDirectory(folder.resolve("a place"));
    run("tar", "-C", place.toString(), "-xf", find(".tar.gz").toString());
    Path home;
    try (Stream<Path> files = Files.list(place)) {
      home = files.findFirst().orElseThrow();
    }
    Path link = Files.createSymbolicLink(folder.resolve("convoy"), home.resolve("bin/convoy"));

    assertThat(run(link.toString(), "--version")).startsWith("Convoy version ");
    assertThat(run(home.resolve("bin/convoy").toString(), "help")).contains("backup create");
    assertThat(run(link.toString(), "__complete", "snapshot", "cr")).startsWith("words\ncreate\t");
    assertThat(home.resolve("share/man/man1/convoy.1")).exists();
    assertThat(home.resolve("systemd/convoy.service")).exists();
  }

  @Test
  void billOfMaterials_besideThePackagesAndInThem_namesEveryJarOfOthers() throws Exception {
    Assumptions.assumeFalse(
        "offline: true".equals(System.getProperty("convoy.build")),
        "this build is offline (-o), and Maven makes no bill of materials then");
    List<String> named = new ArrayList<>();
    for (JsonNode component :
        new ObjectMapper().readTree(find(".cdx.json").toFile()).path("components")) {
      assertThat(component.path("hashes")).as(component.path("name").asText()).isNotEmpty();
      named.add(component.path("name").asText() + "-" + component.path("version").asText());
    }
    List<String> shipped = new ArrayList<>();
    try (Stream<Path> jars = Files.list(Path.of("target/dist/lib"))) {
      jars.map(jar -> jar.getFileName().toString()).forEach(shipped::add);
    }

    assertThat(shipped).hasSizeGreaterThan(50);
    assertThat(shipped)
        .filteredOn(jar -> !jar.startsWith("convoy-"))
        .allSatisfy(jar -> assertThat(named).anyMatch(jar::startsWith));
    assertThat(named).noneMatch(name -> name.startsWith("junit") || name.startsWith("assertj"));
    assertThat(run("tar", "-tf", find(".tar.gz").toString())).contains("/convoy.cdx.json");
    assertThat(run("dpkg-deb", "-c", find(".deb").toString()))
        .contains("./usr/share/doc/convoy/convoy.cdx.json");
  }

  @Test
  void debianPackage_inACleanRoot_installsRunsUpgradesAndLeavesDataAlone() throws Exception {
    Environment.requireRoot();
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/systemd-socket-activate")),
        "needs systemd-socket-activate: apt-get install systemd");
    Path old = find(".deb");
    Path unpacked = folder.resolve("unpacked");
    run("dpkg-deb", "-R", old.toString(), unpacked.toString());
    Path control = unpacked.resolve("DEBIAN/control");
    Files.writeString(
        control, Files.readString(control).replaceAll("(?m)^Version: .*$", "Version: 99.1"));
    Path newer = folder.resolve("newer.deb");
    run("dpkg-deb", "--root-owner-group", "-Znone", "-b", unpacked.toString(), newer.toString());
    Path work = Files.createDirectory(folder.resolve("work"));

    String said =
        run("src/test/package/clean-root", old.toString(), newer.toString(), work.toString());

    assertThat(said)
        .containsSubsequence(
            "== install",
            "Convoy version",
            "complete -F _convoy convoy",
            "convoy.service",
            "== start",
            "data1",
            "\"Mountpoint\":",
            "listening at [/run/convoy/convoy.sock, /run/docker/plugins/convoy.sock]",
            "== upgrade",
            "snap1",
            "Version: 99.1",
            "== remove",
            "kept",
            "== purge",
            "kept",
            "== done");
  }
}
