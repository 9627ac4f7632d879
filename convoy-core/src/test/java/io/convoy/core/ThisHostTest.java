package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ThisHostTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static String run(String... command) throws IOException {
    return new ProcessCommandRunner().run(List.of(command), LIMIT).strip();
  }

  @Test
  void name_isTheOneThatUnameTells() throws IOException {
    assertThat(ThisHost.name()).isEqualTo(run("uname", "-n"));
  }

  @Test
  void bootId_isAUuidThatStays() throws IOException {
    assertThat(UUID.fromString(ThisHost.bootId())).hasToString(ThisHost.bootId());
  }

  @Test
  void processNumbers_ofAChild_areTheSameNamespace() throws IOException {
    assertThat(ThisHost.processNumbers())
        .startsWith("pid:[")
        .isEqualTo(run("readlink", "/proc/self/ns/pid"));
  }
}
