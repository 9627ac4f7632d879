package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupUrlTest {
  private static final String PRINTED =
      "vfs:///run/w/objectstore?backup=backup-4bb662c412ac4612&volume=blockvol";

  @ParameterizedTest
  @ValueSource(
      strings = {
        PRINTED,
        "vfs:///run/w/objectstore?backup=backup-4bb662c412ac4612\\u0026volume=blockvol",
        "vfs:///run/w/objectstore?backup=backup-4bb662c412ac4612u0026volume=blockvol",
        "vfs:///run/w/objectstore?volume=blockvol&backup=backup-4bb662c412ac4612",
        "VFS:///run/w/objectstore?backup=backup-4bb662c412ac4612&volume=blockvol"
      })
  void parse_everyPrintedForm_isTheSame(String url) {
    assertThat(BackupUrl.parse(url)).hasToString(PRINTED);
  }

  @Test
  void parse_strangersDirectory_isKept() {
    BackupUrl url = BackupUrl.parse("s3://b@us-west-2/p/?backup=backup-1&volume=vol1~0123abcd");

    assertThat(url.volumeName()).contains("vol1~0123abcd");
    assertThat(url.destination().location()).isEqualTo("b@us-west-2/p/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "vfs://",
        "vfs:///path",
        "vfs:///path?backup=backup-1",
        "vfs:///path?volume=vol1",
        "vfs:///path?backup=&volume=vol1",
        "vfs:///path?backup=backup-1&volume=../../etc",
        "vfs:///path?backup=../x&volume=vol1",
        "vfs:///path?backup=backup-1&volume=vol1&other=1",
        "vfs:///path?backup=backup-1&backup=backup-2&volume=vol1",
        "vfs:///path?backup=backup-1&volume=vol1~zzzzzzzz",
        "://x?backup=backup-1&volume=vol1",
        "vfs:///pa\nth?backup=backup-1&volume=vol1"
      })
  void parse_nonsense_isRefusedInOneLine(String url) {
    assertThatThrownBy(() -> BackupUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid ")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSizeLessThanOrEqualTo(2));
  }

  @Test
  void withEndpoint_given_isNotInTheText() {
    BackupUrl url = BackupUrl.parse(PRINTED).withEndpoint(Optional.of("http://host:9000/"));

    assertThat(url.destination().endpoint()).contains("http://host:9000/");
    assertThat(url).hasToString(PRINTED);
  }

  @Test
  void parseDestination_backupsUrl_isRefused() {
    assertThatThrownBy(() -> BackupDestination.parse(PRINTED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not the URL of a backup");
  }
}
