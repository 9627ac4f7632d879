package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is typed, and what the daemon is asked. */
class RequestsTest {
  @TempDir Path folder;
  FakeDaemon daemon;

  @BeforeEach
  void startDaemon() throws Exception {
    daemon = new FakeDaemon(folder.resolve("s"));
  }

  @AfterEach
  void stopDaemon() throws Exception {
    daemon.close();
  }

  // One line each: the command line | the request.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          info                               | GET /v1/info
          create volume_name                 | POST /v1/volumes/create {"Name":"volume_name"}
          create                             | POST /v1/volumes/create {}
          create --size 10G vol1             | POST /v1/volumes/create {"Name":"vol1","Size":10737418240}
          create vol1 --size 10G             | POST /v1/volumes/create {"Name":"vol1","Size":10737418240}
          create vol1 --size=10g             | POST /v1/volumes/create {"Name":"vol1","Size":10737418240}
          create vol1 -size 512m             | POST /v1/volumes/create {"Name":"vol1","Size":536870912}
          create -size=1T vol1               | POST /v1/volumes/create {"Name":"vol1","Size":1099511627776}
          create new_volume --driver ebs --size 10G --type io1 --iops 200 | POST /v1/volumes/create {"Name":"new_volume","DriverName":"ebs","Size":10737418240,"Type":"io1","IOPS":200}
          create vol1 --driver ebs --type gp3 --throughput 250 | POST /v1/volumes/create {"Name":"vol1","DriverName":"ebs","Type":"gp3","Throughput":250}
          create vol1 --backup ebs://us-west-2/snap-12345678 --copy | POST /v1/volumes/create {"Name":"vol1","BackupURL":"ebs://us-west-2/snap-12345678","CopySource":true}
          mount vol1 --force | POST /v1/volumes/mount {"VolumeName":"vol1","Force":true}
          create v1 --driver ebs --id vol-1a2b3c4d | POST /v1/volumes/create {"Name":"v1","DriverName":"ebs","DriverVolumeID":"vol-1a2b3c4d"}
          create vmvol --driver vfs --size 20G --vm | POST /v1/volumes/create {"Name":"vmvol","DriverName":"vfs","Size":21474836480,"PrepareForVM":true}
          create vmvol --vm=false            | POST /v1/volumes/create {"Name":"vmvol"}
          create vmvol --vm=true             | POST /v1/volumes/create {"Name":"vmvol","PrepareForVM":true}
          create res1 --backup 'vfs:///b/?backup=backup-1&volume=vol1' | POST /v1/volumes/create {"Name":"res1","BackupURL":"vfs:///b/?backup=backup-1&volume=vol1"}
          create res1 --backup 's3://b@us-west-2/?backup=backup-1\\u0026volume=vol1' --s3-endpoint http://host:9000/ | POST /v1/volumes/create {"Name":"res1","BackupURL":"s3://b@us-west-2/?backup=backup-1&volume=vol1","Endpoint":"http://host:9000/"}
          create res1 --backup=vfs:///b/?backup=backup-1u0026volume=vol1 | POST /v1/volumes/create {"Name":"res1","BackupURL":"vfs:///b/?backup=backup-1&volume=vol1"}
          --verbose create vol1              | POST /v1/volumes/create {"Name":"vol1","Verbose":true}
          create vol1 --verbose              | POST /v1/volumes/create {"Name":"vol1","Verbose":true}
          mount vol1                         | POST /v1/volumes/mount {"VolumeName":"vol1"}
          mount vol1 --mountpoint /mnt/vol1  | POST /v1/volumes/mount {"VolumeName":"vol1","MountPoint":"/mnt/vol1"}
          mount --mountpoint '/mnt/a "b" ü' vol1 | POST /v1/volumes/mount {"VolumeName":"vol1","MountPoint":"/mnt/a \\"b\\" ü"}
          umount vol1                        | POST /v1/volumes/umount {"VolumeName":"vol1"}
          umount vol1 --force                | POST /v1/volumes/umount {"VolumeName":"vol1","Force":true}
          list                               | GET /v1/volumes/list
          list --driver                      | GET /v1/volumes/list?driver=1
          list --driver=1                    | GET /v1/volumes/list?driver=1
          list --driver vfs                  | GET /v1/volumes/list?driver=vfs
          list --driver --debug              | GET /v1/volumes/list?driver=1
          list --driver 'a&b'                | GET /v1/volumes/list?driver=a%26b
          inspect vol1                       | GET /v1/volumes/ {"VolumeName":"vol1"}
          delete vol1                        | DELETE /v1/volumes/ {"VolumeName":"vol1"}
          delete -r vol1                     | DELETE /v1/volumes/ {"VolumeName":"vol1","ReferenceOnly":true}
          delete vol1 --reference            | DELETE /v1/volumes/ {"VolumeName":"vol1","ReferenceOnly":true}
          delete -- vol1                     | DELETE /v1/volumes/ {"VolumeName":"vol1"}
          snapshot create vol1 --name snap1vol1 | POST /v1/snapshots/create {"Name":"snap1vol1","VolumeName":"vol1"}
          snapshot create --name=snap1vol1 vol1 | POST /v1/snapshots/create {"Name":"snap1vol1","VolumeName":"vol1"}
          snapshot create vol1               | POST /v1/snapshots/create {"VolumeName":"vol1"}
          snapshot inspect snap1vol1         | GET /v1/snapshots/ {"SnapshotName":"snap1vol1"}
          snapshot delete snap1vol1          | DELETE /v1/snapshots/ {"SnapshotName":"snap1vol1"}
          backup create snap1vol1 --dest vfs:///opt/convoy | POST /v1/backups/create {"URL":"vfs:///opt/convoy","SnapshotName":"snap1vol1"}
          backup create snap1vol1 --dest s3://backup-bucket@us-west-2/ | POST /v1/backups/create {"URL":"s3://backup-bucket@us-west-2/","SnapshotName":"snap1vol1"}
          backup --s3-endpoint http://s3.example.com:9000/ create snap1vol1 --dest s3://backup-bucket@us-west-2/ | POST /v1/backups/create {"URL":"s3://backup-bucket@us-west-2/","Endpoint":"http://s3.example.com:9000/","SnapshotName":"snap1vol1"}
          backup create snap1vol1 --s3-endpoint=http://h:1 --dest s3://b/p/ | POST /v1/backups/create {"URL":"s3://b/p/","Endpoint":"http://h:1","SnapshotName":"snap1vol1"}
          backup create snap1vol1 --dest vfs:///b --format v0.5.2 --compression gzip | POST /v1/backups/create {"URL":"vfs:///b","SnapshotName":"snap1vol1","Format":"v0.5.2","Compression":"gzip"}
          backup create ebssnap              | POST /v1/backups/create {"SnapshotName":"ebssnap"}
          backup list vfs:///opt/backup/     | GET /v1/backups/list {"URL":"vfs:///opt/backup/"}
          backup list s3://bucket@region/ --volume-name vol1 | GET /v1/backups/list {"URL":"s3://bucket@region/","VolumeName":"vol1"}
          backup --s3-endpoint http://h:1/ list s3://b@r/ | GET /v1/backups/list {"URL":"s3://b@r/","Endpoint":"http://h:1/"}
          backup inspect 'vfs:///b?backup=backup-1\\u0026volume=vol1' | GET /v1/backups/inspect {"URL":"vfs:///b?backup=backup-1&volume=vol1"}
          backup delete 'vfs:///b?backup=backup-1&volume=vol1' | DELETE /v1/backups {"URL":"vfs:///b?backup=backup-1&volume=vol1"}
          backup delete ebs://us-west-2/snap-1 | DELETE /v1/backups {"URL":"ebs://us-west-2/snap-1"}
          resize vol1 20G                    | POST /v2/volumes/resize {"VolumeName":"vol1","Size":21474836480}
          resize vol1 5000000                | POST /v2/volumes/resize {"VolumeName":"vol1","Size":5000000}
          trash list                         | GET /v2/trash/list {}
          trash restore vol1                 | POST /v2/trash/restore {"Volume":"vol1"}
          trash restore vol1 --name vol2     | POST /v2/trash/restore {"Volume":"vol1","Name":"vol2"}
          trash empty                        | POST /v2/trash/empty {}
          trash empty vol1 vol2              | POST /v2/trash/empty {"Volumes":["vol1","vol2"]}
          trash empty --older-than 48h       | POST /v2/trash/empty {"OlderThan":"2d"}
          """)
  void run_asDocumented_asksTheDaemon(String line, String expected) {
    Run run = Run.of(daemon.socket(), Run.words(line).toArray(String[]::new));

    assertThat(run).isEqualTo(new Run(0, "answer\n", ""));
    assertThat(daemon.asked())
        .extracting(asked -> (asked.method() + " " + asked.path() + " " + asked.body()).strip())
        .containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({"--socket,%s", "-s,%s", "--socket=%s,", "-socket,%s", "-s=%s,"})
  void run_socketFlag_winsOverTheEnvironment(String flag, String value) {
    String socket = daemon.socket().toString();
    String first = flag.formatted(socket);

    Run before =
        value == null
            ? Run.of(folder.resolve("other"), first, "list")
            : Run.of(folder.resolve("other"), first, value.formatted(socket), "list");
    Run after =
        value == null
            ? Run.of(folder.resolve("other"), "list", first)
            : Run.of(folder.resolve("other"), "list", first, value.formatted(socket));

    assertThat(before).isEqualTo(new Run(0, "answer\n", ""));
    assertThat(after).isEqualTo(new Run(0, "answer\n", ""));
  }

  @Test
  void run_anyCommand_saysWhoAsks() {
    Run.of(daemon.socket(), "list");

    assertThat(daemon.asked().get(0).userAgent()).startsWith("Convoy-Client/1.");
    assertThat(daemon.asked().get(0).accept()).isEqualTo("application/json");
  }

  @Test
  void run_answerWithLineEnd_isPrintedWithOne() {
    daemon.answer(200, "application/json", "{\n\t\"Größe\": 1\n}\n");

    assertThat(Run.of(daemon.socket(), "list").out()).isEqualTo("{\n\t\"Größe\": 1\n}\n");
  }

  @Test
  void run_emptyAnswer_isAnEmptyLine() {
    daemon.answer(200, "text/plain", "");

    assertThat(Run.of(daemon.socket(), "umount", "vol1")).isEqualTo(new Run(0, "\n", ""));
  }

  @Test
  void delete_several_asksForEach() {
    assertThat(Run.of(daemon.socket(), "delete", "vol1", "-r", "vol2").status()).isZero();

    assertThat(daemon.asked())
        .extracting(FakeDaemon.Asked::body)
        .containsExactly(
            "{\"VolumeName\":\"vol1\",\"ReferenceOnly\":true}",
            "{\"VolumeName\":\"vol2\",\"ReferenceOnly\":true}");
  }

  @Test
  void verbose_longCall_asksForProgressAndPrintsTheResult() {
    daemon.answer(
        200,
        "application/x-ndjson",
        """
        {"Progress":{"DoneBytes":1,"TotalBytes":2}}
        {"Result":{"Name":"vol1","Sizes":[1,2],"None":{}}}
        """);

    Run run = Run.of(daemon.socket(), "--verbose", "create", "vol1");

    assertThat(daemon.asked().get(0).accept()).startsWith("application/x-ndjson");
    assertThat(run.out())
        .isEqualTo(
            "{\n\t\"Name\": \"vol1\",\n\t\"Sizes\": [\n\t\t1,\n\t\t2\n\t],\n\t\"None\": {}\n}\n");
    assertThat(run.status()).isZero();
  }

  @Test
  void verify_wholeBackup_isDone() {
    daemon.answer(200, "application/json", "{\n\t\"Problems\": []\n}");

    Run run = Run.of(daemon.socket(), "backup", "verify", "vfs:///b?backup=b1&volume=v1");

    assertThat(run).isEqualTo(new Run(0, "{\n\t\"Problems\": []\n}\n", ""));
    assertThat(daemon.asked().get(0).path()).isEqualTo("/v2/backups/verify");
    assertThat(daemon.asked().get(0).body())
        .isEqualTo("{\"URL\":\"vfs:///b?backup=b1&volume=v1\"}");
  }

  @Test
  void verify_levelAndSample_areAskedFor() {
    daemon.answer(200, "application/json", "{\"Problems\": []}");

    Run.of(
        daemon.socket(),
        "backup",
        "verify",
        "vfs:///b?backup=b1&volume=v1",
        "--level",
        "sizes",
        "--sample=5%");

    assertThat(daemon.asked().get(0).body())
        .isEqualTo(
            "{\"URL\":\"vfs:///b?backup=b1&volume=v1\",\"Level\":\"sizes\",\"Sample\":\"5%\"}");
  }

  @Test
  void gc_nothingSkipped_isDone() {
    String answer = "{\"Objects\":3,\"Bytes\":70,\"Deleted\":true,\"Skipped\":[]}";
    daemon.answer(200, "application/json", answer);

    Run run = Run.of(daemon.socket(), "backup", "gc", "vfs:///b");
    Run dry = Run.of(daemon.socket(), "backup", "gc", "vfs:///b", "--dry-run");

    assertThat(run).isEqualTo(new Run(0, answer + "\n", ""));
    assertThat(dry).isEqualTo(run);
    assertThat(daemon.asked())
        .extracting(asked -> asked.method() + " " + asked.path() + " " + asked.body())
        .containsExactly(
            "POST /v2/backups/gc {\"URL\":\"vfs:///b\"}",
            "POST /v2/backups/gc {\"URL\":\"vfs:///b\",\"DryRun\":true}");
  }

  @Test
  void gc_volumeSkipped_isAFailureThatSaysWhy() {
    String answer =
        "{\"Objects\":3,\"Bytes\":70,\"Deleted\":true,\"Skipped\":[\"Volume 'v1' is skipped: x\"]}";
    daemon.answer(200, "application/json", answer);

    Run run = Run.of(daemon.socket(), "backup", "gc", "vfs:///b");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(answer + "\n");
    assertThat(run.err())
        .isEqualTo(
            "convoy: 3 objects of 70 bytes deleted; 1 volumes left as they are, the first: Volume 'v1' is skipped: x\n");
  }

  @Test
  void verify_damagedBackup_isAFailure() {
    daemon.answer(200, "application/json", "{\"Problems\":[\"block 3 is missing\",\"x\"]}");

    Run run = Run.of(daemon.socket(), "backup", "verify", "vfs:///b?backup=b1&volume=v1");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEqualTo("{\"Problems\":[\"block 3 is missing\",\"x\"]}\n");
    assertThat(run.err())
        .isEqualTo("convoy: The backup is not whole: 2 problems, the first: block 3 is missing\n");
  }

  @Test
  void verbose_textAsResult_isPrintedAsItIs() {
    daemon.answer(200, "application/x-ndjson", "{\"Result\":\"vfs:///b?backup=b1&volume=v1\"}\n");

    Run run = Run.of(daemon.socket(), "--verbose", "backup", "create", "s1", "--dest", "vfs:///b");

    assertThat(run).isEqualTo(new Run(0, "vfs:///b?backup=b1&volume=v1\n", ""));
  }
}
