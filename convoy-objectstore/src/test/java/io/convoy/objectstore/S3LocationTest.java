package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BackupDestination;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class S3LocationTest {
  private static S3Location parse(String url) {
    return S3Location.of(BackupDestination.parse(url));
  }

  private static S3Location parse(String url, String endpoint) {
    return S3Location.of(BackupDestination.parse(url).withEndpoint(Optional.of(endpoint)));
  }

  @Test
  void of_bucketRegionAndPath_areTold() {
    S3Location location = parse("s3://my.bucket-1@us-west-2/some/path/");

    assertThat(location.bucket()).isEqualTo("my.bucket-1");
    assertThat(location.region()).contains("us-west-2");
    assertThat(location.prefix()).isEqualTo("some/path/");
    assertThat(location.endpoint()).isEmpty();
    assertThat(location.key(new ObjectKey("a/b"))).isEqualTo("some/path/a/b");
  }

  @Test
  void of_withoutRegionOrPath_leavesThemOut() {
    for (String url : List.of("s3://bucket", "s3://bucket/", "s3://bucket//")) {
      assertThat(parse(url))
          .isEqualTo(new S3Location("bucket", Optional.empty(), "", Optional.empty()));
    }
    assertThat(parse("s3://bucket@eu-central-1").region()).contains("eu-central-1");
    assertThat(parse("s3://bucket@eu-central-1").key(new ObjectKey("a"))).isEqualTo("a");
  }

  @Test
  void of_pathInAnySpelling_isOnePrefix() {
    for (String path : List.of("a/b", "a/b/", "/a/b", "a//b//")) {
      assertThat(parse("s3://bucket/" + path).prefix()).as(path).isEqualTo("a/b/");
    }
    assertThat(parse("s3://bucket/ä & b/").prefix()).isEqualTo("ä & b/");
  }

  @Test
  void of_whatMakesNoSense_isRefusedByName() {
    for (String url :
        List.of(
            "s3:///path",
            "s3://ab/path",
            "s3://-bucket/path",
            "s3://bucket./path",
            "s3://bu cket/path",
            "s3://bucket@/path",
            "s3://@region/path",
            "s3://bucket@us west/path",
            "s3://bucket@a@b/path",
            "s3://bucket/a/../b",
            "s3://bucket/./b",
            "s3://bucket/" + "x".repeat(600))) {
      assertThatThrownBy(() -> parse(url))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Invalid destination 's3://");
    }
  }

  @Test
  void of_endpoint_isTaken() {
    for (String endpoint :
        List.of(
            "http://localhost:9000", "https://s3.example.com", "HTTPS://h/s3", "http://[::1]:1")) {
      assertThat(parse("s3://bucket/", endpoint).endpoint()).contains(URI.create(endpoint));
    }
  }

  @Test
  void of_endpointThatMakesNoSense_isRefused() {
    for (String endpoint :
        List.of(
            "localhost:9000", "ftp://host", "http://", "http://h?x", "http://h#x", "a b", "/x")) {
      assertThatThrownBy(() -> parse("s3://bucket/", endpoint))
          .as(endpoint)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Invalid S3 endpoint");
    }
  }

  @Test
  void of_endpointWithAPassword_doesNotRepeatIt() {
    assertThatThrownBy(() -> parse("s3://bucket/", "http://user:hunter2@host:9000"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("credentials")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2", "user"));
  }
}
