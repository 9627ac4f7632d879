package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real daemon with directories as volumes. */
class CliIT {
  private static final String TIME =
      "[A-Z][a-z]{2} [A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d \\+0000 \\d{4}";

  @TempDir Path folder;
  private final ByteArrayOutputStream daemonOut = new ByteArrayOutputStream();
  private ConvoyDaemon daemon;

  @BeforeEach
  void startDaemon() throws Exception {
    daemon =
        ConvoyDaemon.start(
            DaemonConfig.embedded(folder.resolve("root"), socket())
                .withDrivers(List.of("vfs"), Map.of("vfs.path", folder.resolve("vfs").toString())),
            new PrintStream(daemonOut, true, UTF_8));
  }

  @AfterEach
  void stopDaemon() throws Exception {
    daemon.close();
  }

  private Path socket() {
    return folder.resolve("s");
  }

  private Run run(String line) {
    return Run.of(socket(), Run.words(line).toArray(String[]::new));
  }

  private String normalized(String text) {
    return text.replaceAll(TIME, "<time>").replace(folder.toString(), "<folder>");
  }

  @Test
  void volume_lifeOfOne_printsWhatV052Prints() throws Exception {
    assertThat(run("create vol1")).isEqualTo(new Run(0, "vol1\n", ""));
    assertThat(run("mount vol1")).isEqualTo(new Run(0, folder.resolve("vfs/vol1") + "\n", ""));
    Files.writeString(folder.resolve("vfs/vol1/foo"), "bar");
    assertThat(run("umount vol1")).isEqualTo(new Run(0, "\n", ""));
    assertThat(run("snapshot create vol1 --name snap1")).isEqualTo(new Run(0, "snap1\n", ""));
    assertThat(normalized(run("list").out()))
        .startsWith(
            """
            {
            	"vol1": {
            		"Name": "vol1",
            		"Driver": "vfs",
            		"MountPoint": "",
            		"CreatedTime": "<time>",
            		"DriverInfo": {
            """)
        .contains(
            """
            		"Snapshots": {
            			"snap1": {
            				"Name": "snap1",
            				"CreatedTime": "<time>",
            """)
        .endsWith("\n}\n");
    assertThat(normalized(run("inspect vol1").out()))
        .startsWith("{\n\t\"Name\": \"vol1\",\n\t\"Driver\": \"vfs\",\n");
    assertThat(normalized(run("snapshot inspect snap1").out()))
        .startsWith(
            """
            {
            	"Name": "snap1",
            	"VolumeName": "vol1",
            	"VolumeCreatedAt": "<time>",
            	"CreatedTime": "<time>",
            	"DriverInfo": {
            """);
    assertThat(run("snapshot delete snap1")).isEqualTo(new Run(0, "\n", ""));
    assertThat(run("delete vol1")).isEqualTo(new Run(0, "\n", ""));
    assertThat(run("list")).isEqualTo(new Run(0, "{}\n", ""));
    assertThat(folder.resolve("vfs/vol1")).doesNotExist();
  }

  @Test
  void create_withoutName_makesOne() {
    assertThat(run("create").out()).matches("volume-[0-9a-f]{16}\n");
    assertThat(run("--verbose create").out()).startsWith("{\n\t\"Name\": \"volume-");
  }

  @Test
  void snapshot_withoutName_getsOne() {
    run("create vol1");

    assertThat(run("snapshot create vol1").out()).matches("snapshot-[0-9a-f]{16}\n");
  }

  @Test
  void delete_reference_keepsTheFiles() throws Exception {
    run("create vol1");
    Files.writeString(folder.resolve("vfs/vol1/foo"), "bar");

    assertThat(run("delete -r vol1")).isEqualTo(new Run(0, "\n", ""));

    assertThat(run("list").out()).isEqualTo("{}\n");
    assertThat(folder.resolve("vfs/vol1/foo")).hasContent("bar");
  }

  @Test
  void delete_unknown_printsWhatV052Prints() {
    Run run = run("delete nosuch");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .isEqualTo(
            """
            Error deleting nosuch: Error response from server, Volume not found.

            {
            	"Error": "Error response from server, Volume not found.\\n"
            }
            """);
    assertThat(run.err()).startsWith("convoy: There is no volume 'nosuch'").hasLineCount(1);
  }

  @Test
  void create_twice_isAFailure() {
    run("create vol1");

    Run run = run("create vol1");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("convoy: ").contains("vol1").hasLineCount(1);
  }

  @Test
  void list_driver_showsWhatTheDriverKnows() {
    run("create vol1");

    assertThat(run("list --driver").out()).isEqualTo(run("list --driver vfs").out());
    assertThat(run("list --driver").out()).contains("\"Path\": ");
    assertThat(run("list --driver ebs").out()).isEqualTo("{}\n");
  }

  @Test
  void info_showsDriversAndSettings() {
    assertThat(run("info").out())
        .startsWith("{\n\"General\": {\n\t\"Root\": \"" + folder.resolve("root") + "\",\n")
        .contains("\"DefaultDriver\": \"vfs\"");
  }

  @Test
  void umount_force_unmounts() {
    run("create vol1");
    run("mount vol1");

    assertThat(run("umount vol1 --force")).isEqualTo(new Run(0, "\n", ""));
  }

  @Test
  void mount_mountpoint_isRefusedByVfs() {
    run("create vol1");

    Run run = run("mount vol1 --mountpoint /mnt");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("convoy: ").hasLineCount(1);
  }
}
