package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.plugin.http.RawClient;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request: one clear line, the right status, and the daemon goes on. */
@Timeout(60)
final class BadInputTest {
  @TempDir private static Path directory;
  private static TestDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = new TestDaemon(directory);
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"there\"}");
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  private static void assertStillServes() throws IOException {
    assertThat(daemon.ok("GET", "/v1/volumes/list", "")).contains("\"there\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST   | /v1/volumes/create   | {"Name":"a"}                                   | 400 | Invalid volume name 'a'
          POST   | /v1/volumes/create   | {"Name":"../etc"}                              | 400 | Invalid volume name '../etc'
          POST   | /v1/volumes/create   | {"Name":"a b"}                                 | 400 | Invalid volume name
          POST   | /v1/volumes/create   | {"Name":"-rf"}                                 | 400 | Invalid volume name
          POST   | /v1/volumes/create   | {"Name":"a\\u0000b"}                           | 400 | Invalid volume name
          POST   | /v1/volumes/create   | {"Name":"a\\nb"}                               | 400 | Invalid volume name
          POST   | /v1/volumes/create   | {"Name":"żółw"}                                | 400 | Invalid volume name
          POST   | /v1/volumes/create   | {"Name":"%s"}                                  | 400 | Invalid volume name
          POST   | /v1/volumes/create   | {"Name":7}                                     | 400 | "Name" is 7: expected a text
          POST   | /v1/volumes/create   | {"Name":["x"]}                                 | 400 | "Name" is
          POST   | /v1/volumes/create   | {"Name":"there"}                               | 409 | already exists
          POST   | /v1/volumes/create   | {"Name":"vol1","Size":-1}                      | 400 | "Size" is -1
          POST   | /v1/volumes/create   | {"Name":"vol1","Size":1.5}                     | 400 | "Size" is 1.5
          POST   | /v1/volumes/create   | {"Name":"vol1","Size":99999999999999999999}    | 400 | "Size" is
          POST   | /v1/volumes/create   | {"Name":"vol1","Size":"10X"}                   | 400 | Invalid size '10X'
          POST   | /v1/volumes/create   | {"Name":"vol1","Size":"9999999999P"}           | 400 | Invalid size
          POST   | /v1/volumes/create   | {"Name":"vol1","Size":true}                    | 400 | "Size" is true
          POST   | /v1/volumes/create   | {"Name":"vol1","IOPS":-3}                      | 400 | "IOPS" is -3
          POST   | /v1/volumes/create   | {"Name":"vol1","PrepareForVM":"yes"}           | 400 | "PrepareForVM" is "yes"
          POST   | /v1/volumes/create   | {"Name":"vol1","DriverName":"nosuch"}          | 400 | nosuch
          POST   | /v1/volumes/create   | {"Name":"vol1","BackupURL":"nonsense"}         | 400 | nonsense
          POST   | /v1/volumes/create   | {"Name":"vol1","BackupURL":"ftp://h?backup=bb&volume=vv"} | 400 | ftp
          POST   | /v1/volumes/create   | {"Name":"vol1","BackupURL":"memory://x?backup=../x&volume=vv"} | 400 | Invalid backup name
          POST   | /v1/volumes/create   | {"Name":"vol1","BackupURL":"memory://x?backup=bb&volume=vv"} | 404 | There is no backup
          POST   | /v1/volumes/create   | {"Name":"vol1","DriverVolumeID":"vol-1"}       | 400 | adopt
          POST   | /v1/volumes/create   | {"Name":                                       | 400 | not JSON
          POST   | /v1/volumes/create   | {"Name":"vol1"} trailing                       | 400 | not JSON
          POST   | /v1/volumes/create   | ["vol1"]                                       | 400 | expected an object
          POST   | /v1/volumes/create   | "vol1"                                         | 400 | expected an object
          POST   | /v1/volumes/create   | null                                           | 400 | expected an object
          POST   | /v1/volumes/create   | <volume/>                                      | 400 | not JSON
          POST   | /v1/volumes/create   |                                                | 400 | no body
          POST   | /v1/volumes/mount    | {}                                             | 400 | "VolumeName" is missing
          POST   | /v1/volumes/mount    | {"VolumeName":"nosuch"}                        | 404 | There is no volume 'nosuch'
          POST   | /v1/volumes/mount    | {"VolumeName":"there","MountPoint":"mnt"}      | 400 | expected an absolute path
          POST   | /v1/volumes/umount   | {"VolumeName":"nosuch"}                        | 404 | There is no volume 'nosuch'
          DELETE | /v1/volumes/         |                                                | 400 | no body
          DELETE | /v1/volumes/         | {"VolumeName":"nosuch"}                        | 404 | Volume not found.
          DELETE | /v1/volumes/         | {"VolumeName":"there","ReferenceOnly":1}       | 400 | "ReferenceOnly" is 1
          GET    | /v1/volumes/         | {"VolumeName":"nosuch"}                        | 404 | Volume not found.
          GET    | /v1/volumes/         | {"VolumeName":""}                              | 400 | "VolumeName" is missing
          GET    | /v1/snapshots/       | {"SnapshotName":"nosuch"}                      | 404 | There is no snapshot 'nosuch'
          POST   | /v1/snapshots/create | {"VolumeName":"nosuch"}                        | 404 | There is no volume 'nosuch'
          POST   | /v1/snapshots/create | {"VolumeName":"there","Name":"/"}              | 400 | Invalid snapshot name
          DELETE | /v1/snapshots/       | {"SnapshotName":"nosuch"}                      | 404 | There is no snapshot
          POST   | /v1/backups/create   | {"SnapshotName":"nosuch","URL":"memory://x"}   | 404 | There is no snapshot
          POST   | /v1/backups/create   | {"SnapshotName":"nosuch"}                      | 404 | There is no snapshot
          POST   | /v1/backups/create   | {"SnapshotName":"nosuch","URL":"nosuch://x"}   | 400 | nosuch://
          GET    | /v1/backups/list     | {"URL":"/just/a/path"}                         | 400 | Invalid destination
          GET    | /v1/backups/list     | {"URL":"memory://x","VolumeName":"/"}          | 400 | Invalid volume name
          GET    | /v1/backups/inspect  | {"URL":"memory://x"}                           | 400 | Invalid backup URL
          DELETE | /v1/backups          | {"URL":"memory://x?backup=bb&volume=vv"}       | 404 | There is no backup
          GET    | /v1/nosuch           |                                                | 404 | Handler not found: GET /v1/nosuch
          GET    | /                    |                                                | 404 | Handler not found
          GET    | /v1/../etc/passwd    |                                                | 404 | Handler not found
          DELETE | /v1/info             |                                                | 405 | expected GET
          PATCH  | /v1/volumes/create   | {}                                             | 405 | expected POST
          GET    | /VolumeDriver.List   |                                                | 405 | expected POST
          """)
  void rest_badInput_answersOneLine(
      String method, String path, String body, int status, String expected) throws IOException {
    String sent = body == null ? "" : body.replace("%s", "x".repeat(128));

    Answer answer = daemon.call(method, path, sent);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).endsWith("\n").contains(expected);
    assertThat(answer.body().strip()).doesNotContain("\n").doesNotContain("Exception");
    Answer json = daemon.call(method, path, sent, "Accept: application/json");
    JsonNode error = Json.parse(json.body());
    assertThat(json.status()).isEqualTo(status);
    assertThat(error.path("Status").asInt()).isEqualTo(status);
    assertThat(error.path("Kind").asText()).isNotEmpty();
    assertThat(error.path("Detail").asText()).isNotEmpty().doesNotContain("\n");
    assertStillServes();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Create  | {"Name":"vol1","Opts":{"size":"big"}}        | Invalid size 'big'
          Create  | {"Name":"vol1","Opts":{"iops":"fast"}}       | Invalid option iops 'fast'
          Create  | {"Name":"vol1","Opts":{"vm":"maybe"}}        | Invalid option vm 'maybe'
          Create  | {"Name":"vol1","Opts":{"driver":"nosuch"}}   | nosuch
          Create  | {"Name":"vol1","Opts":{"backup":"nosuch"}}   | nosuch
          Create  | {"Name":"vol1","Opts":{"endpoint":"http://h"}} | without option 'backup'
          Create  | {"Name":"vol1","Opts":{"sizes":"1G"}}        | did you mean 'size'?
          Create  | {"Name":"vol1","Opts":{"nonsense":"1G"}}     | expected driver, size, backup
          Create  | {"Name":"vol1","Opts":{"size":1}}            | expected a text
          Create  | {"Name":"vol1","Opts":[]}                    | expected an object
          Create  | {"Name":"../x"}                              | Invalid volume name
          Create  | {}                                           | "Name" is missing
          Create  | nonsense                                     | not JSON
          Create  |                                              | "Name" is missing
          Mount   | {"Name":"nosuch","ID":"x"}                   | There is no volume 'nosuch'
          Mount   | {"Name":"there","ID":5}                      | "ID" is 5
          Path    | {"Name":"nosuch"}                            | There is no volume 'nosuch'
          Get     | {"Name":"nosuch"}                            | There is no volume 'nosuch'
          Get     | {"Name":""}                                  | "Name" is missing
          Remove  | {"Name":"/"}                                 | Invalid volume name
          Unmount | {"ID":"x"}                                   | "Name" is missing
          """)
  void docker_badInput_answersOneLine(String call, String body, String expected)
      throws IOException {
    Answer answer = daemon.call("POST", "/VolumeDriver." + call, body == null ? "" : body);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(Json.parse(answer.body()).path("Err").asText())
        .contains(expected)
        .doesNotContain("\n")
        .doesNotContain("Exception");
    assertStillServes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/volumes/create HTTP/1.1\r\nContent-Length: 50\r\n\r\n{\"Name\":\"tr",
        "POST /v1/volumes/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Na",
        "POST /v1/volumes/create HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n",
        "not http at all\r\n\r\n",
      })
  void request_brokenOffOrOversized_answers4xx(String bytes) throws IOException {
    try (RawClient client = RawClient.connect(daemon.socket())) {
      client.send(bytes);
      client.endOutput();
      assertThat(client.receiveAll()).startsWith("HTTP/1.1 4");
    }
    assertStillServes();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 2000, 100_000})
  void body_nestedDeeply_isRefused(int depth) throws IOException {
    String body = "{\"Name\":" + "[".repeat(depth) + "]".repeat(depth) + "}";

    assertThat(daemon.call("POST", "/v1/volumes/create", body).status()).isEqualTo(400);
    assertStillServes();
  }
}
