package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DefaultRootTest {
  @TempDir private Path directory;

  @Test
  void choose_rootUser_takesTheFormerOneOnlyIfItAloneIsThere() throws IOException {
    Path current = directory.resolve("convoy");
    Path former = Files.createDirectories(directory.resolve("rancher/convoy"));
    DefaultRoot choice = new DefaultRoot(current, former);

    assertThat(choice.choose(true, Map.of())).isEqualTo(current);
    Files.writeString(former.resolve("convoy.cfg"), "{}");
    assertThat(choice.choose(true, Map.of())).isEqualTo(former);
    Files.createDirectories(current);
    assertThat(choice.choose(true, Map.of())).isEqualTo(current);
  }

  @Test
  void choose_otherUser_takesTheirDataDirectory() {
    DefaultRoot choice = DefaultRoot.SYSTEM;

    assertThat(choice.choose(false, Map.of("HOME", "/home/u")))
        .isEqualTo(Path.of("/home/u/.local/share/convoy"));
    assertThat(choice.choose(false, Map.of("HOME", "/home/u", "XDG_DATA_HOME", "/data")))
        .isEqualTo(Path.of("/data/convoy"));
    assertThat(choice.choose(false, Map.of("HOME", "/home/u", "XDG_DATA_HOME", "relative")))
        .isEqualTo(Path.of("/home/u/.local/share/convoy"));
  }
}
