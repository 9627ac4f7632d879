package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.cli.host.TestHost;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.OldConvoy;
import io.convoy.core.testing.TreeCompare;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Convoy v0.5.2 left on a host is taken over where it lies. */
final class AdoptionIT {
  @TempDir private Path directory;

  private Path old;
  private TestHost host;

  @BeforeEach
  void layOutOldHost() throws Exception {
    Environment.requireRoot();
    // The old host's root and vfs path are those of a host here.
    old = directory.resolve("host");
    OldConvoy.moveTo(old);
    host = new TestHost(old);
  }

  @AfterEach
  void stopHost() throws Exception {
    if (host != null) {
      host.close();
    }
  }

  @Test
  void root_ofOldConvoy_isAdoptedWithVolumesAndSnapshots() throws Exception {
    host.startDaemon();

    JsonNode list = new ObjectMapper().readTree(host.convoy("list").ok());
    JsonNode before = new ObjectMapper().readTree(old.resolve("list.json").toFile());
    for (String volume : List.of("filevol", "a1")) {
      assertThat(list.path(volume).path("Driver")).isEqualTo(before.path(volume).path("Driver"));
      assertThat(list.path(volume).path("CreatedTime"))
          .isEqualTo(before.path(volume).path("CreatedTime"));
      assertThat(list.path(volume).path("Snapshots").fieldNames())
          .toIterable()
          .containsExactlyElementsOf(() -> before.path(volume).path("Snapshots").fieldNames());
    }
    assertThat(host.convoy("snapshot", "inspect", "fsnap1").ok())
        .contains("\"VolumeName\": \"filevol\"");
    assertThat(host.convoy("mount", "filevol").ok())
        .isEqualTo(host.vfsPath().resolve("filevol").toString());
    assertThat(host.vfsPath().resolve("filevol/hello.txt")).hasContent("hello");
    assertThat(host.root().resolve("devicemapper/devicemapper_volume_blockvol.json")).exists();
  }

  @Test
  void backups_ofOldConvoy_areListedAndRestored() throws Exception {
    host.startDaemon();
    String destination = "vfs://" + old.resolve("objectstore");
    List<String> urls =
        Files.readAllLines(old.resolve("urls.txt")).stream()
            .map(url -> url.replace("vfs:///run/w/objectstore", destination))
            .toList();

    JsonNode listed = new ObjectMapper().readTree(host.convoy("backup", "list", destination).ok());
    JsonNode before = new ObjectMapper().readTree(old.resolve("backup-list.json").toFile());
    assertThat(listed).hasSize(4);
    for (String url : urls) {
      JsonNode expected =
          before.path(url.replace(destination, "vfs:///run/w/objectstore").replace("\\u0026", "&"));
      JsonNode actual = listed.path(url.replace("\\u0026", "&"));
      for (String field :
          List.of(
              "BackupName",
              "CreatedTime",
              "DriverName",
              "SnapshotCreatedAt",
              "SnapshotName",
              "VolumeCreatedAt",
              "VolumeName",
              "VolumeSize")) {
        assertThat(actual.path(field)).as("%s of %s", field, url).isEqualTo(expected.path(field));
      }
    }

    assertThat(host.convoy("create", "res1", "--backup", urls.get(2)).ok()).isEqualTo("res1");
    assertThat(
            TreeCompare.differences(
                host.vfsPath().resolve("filevol"), host.vfsPath().resolve("res1")))
        .isEmpty();
    assertThat(host.convoy("create", "res2", "--backup", urls.get(3)).ok()).isEqualTo("res2");
    assertThat(host.vfsPath().resolve("res2")).isEmptyDirectory();
  }

  @Test
  void snapshot_ofOldConvoy_isBackedUp() throws Exception {
    host.startDaemon();
    Path store = Files.createDirectory(directory.resolve("store"));

    String url = host.convoy("backup", "create", "fsnap1", "--dest", "vfs://" + store).ok();

    host.convoy("create", "res1", "--backup", url).ok();
    assertThat(host.vfsPath().resolve("res1/dir with space/deep")).isDirectory();
    assertThat(host.vfsPath().resolve("res1/hello.txt")).hasContent("hello");
  }
}
