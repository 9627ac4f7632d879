package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SpoolFileTest {
  @Test
  void read_severalAtATime_eachFromTheStart() throws IOException {
    try (SpoolFile file = SpoolFile.open()) {
      try (OutputStream out = file.append()) {
        out.write('a');
        out.write("bcd".getBytes(UTF_8));
      }
      try (InputStream first = file.read();
          InputStream second = file.read()) {
        assertThat(first.read()).isEqualTo('a');
        assertThat(second.readAllBytes()).asString(UTF_8).isEqualTo("abcd");
        assertThat(first.readAllBytes()).asString(UTF_8).isEqualTo("bcd");
        assertThat(first.read()).isEqualTo(-1);
      }
      try (OutputStream out = file.append()) {
        out.write('e');
      }
      assertThat(file.read().readAllBytes()).asString(UTF_8).isEqualTo("abcde");
    }
  }

  @Test
  void open_whileItIsOpen_hasNoNameToBeLeftBehind() throws IOException {
    try (SpoolFile file = SpoolFile.open();
        OutputStream out = file.append()) {
      out.write(1);
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        assertThat(descriptors.map(SpoolFileTest::target).filter(t -> t.contains(".spool")))
            .isNotEmpty()
            .allMatch(target -> target.endsWith("(deleted)"));
      }
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }
}
