package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Targets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetCommandsTest {
  @TempDir Path folder;

  private Run run(String line) {
    return run(folder.resolve("s"), line);
  }

  private Run run(Path socket, String line) {
    return Run.of(
        Map.of(
            Targets.VARIABLE,
            folder.resolve("targets.json").toString(),
            GlobalOptions.SOCKET_VARIABLE,
            socket.toString()),
        Run.words(line));
  }

  @Test
  void target_lifeOfOne_isListedAndForgotten() {
    assertThat(
            run(
                "target add minio1 s3://bucket@us-east-1/path/ --endpoint https://minio:9000/"
                    + " --credentials-file /etc/keys"))
        .isEqualTo(new Run(0, "minio1\n", ""));

    assertThat(run("target list").out())
        .isEqualTo(
            """
            {
            	"minio1": {
            		"URL": "s3://bucket@us-east-1/path/",
            		"Endpoint": "https://minio:9000/",
            		"CredentialsFile": "/etc/keys"
            	}
            }
            """);
    assertThat(run("target list --format table").out())
        .contains("minio1   s3://bucket@us-east-1/path/   https://minio:9000/   -    /etc/keys");
    assertThat(run("target add minio1 s3://other/").status()).isEqualTo(1);
    assertThat(run("target remove minio1")).isEqualTo(new Run(0, "minio1\n", ""));
    assertThat(run("target remove minio1").status()).isEqualTo(2);
    assertThat(run("target list").out()).isEqualTo("{}\n");
  }

  @Test
  void destination_nameOfATarget_asksTheDaemonForWhatItIs() throws Exception {
    run("target add minio1 s3://bucket/path/ --s3-endpoint http://minio:9000/");
    try (FakeDaemon daemon = new FakeDaemon(folder.resolve("s"))) {
      run(daemon.socket(), "backup create snap1 --dest minio1");
      run(daemon.socket(), "backup list minio1");
      run(daemon.socket(), "backup list minio1 --s3-endpoint http://other:1/");

      assertThat(daemon.asked())
          .extracting(FakeDaemon.Asked::body)
          .containsExactly(
              "{\"URL\":\"s3://bucket/path/\",\"Endpoint\":\"http://minio:9000/\",\"SnapshotName\":\"snap1\"}",
              "{\"URL\":\"s3://bucket/path/\",\"Endpoint\":\"http://minio:9000/\"}",
              "{\"URL\":\"s3://bucket/path/\",\"Endpoint\":\"http://other:1/\"}");
    }
  }

  @Test
  void destination_unknownName_isMisuseWithAGuess() {
    run("target add minio1 s3://bucket/path/");

    Run run = run("backup list minio2");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("There is no target 'minio2'; did you mean 'minio1'?");
  }

  @Test
  void test_directory_saysWhatWorksAndLeavesNothing() throws Exception {
    Path store = Files.createDirectory(folder.resolve("store"));
    run("target add nas vfs://" + store);

    Run run = run("target test nas");

    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                """
                write: works
                read: gives back what was written
                list: works
                create only what is not there: works
                delete: works
                """,
                ""));
    try (var files = Files.walk(store)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
    assertThat(run("target test vfs://" + folder.resolve("missing")).status()).isEqualTo(1);
  }
}
