package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordLockTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;

  private RecordLock lock(String host) {
    return new RecordLock(directory.resolve("lock"), host, SHORT);
  }

  @Test
  void take_heldByAnother_failsInTimeAndSaysByWhom() throws IOException {
    RecordLock first = lock("web1");
    RecordLock second = lock("web2");

    try (RecordLock.Held held = first.take()) {
      assertThatThrownBy(second::take)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("host web1, process " + ProcessHandle.current().pid())
          .hasMessageContaining("since");
      assertThatThrownBy(first::take).hasMessageContaining("by this process");
    }
    second.take().close();
    assertThat(Files.readString(directory.resolve("lock"))).contains("host web2");
  }

  @Test
  void take_otherThreadGivesUp_theLockIsStillHeld() throws Exception {
    RecordLock lock = lock("web1");
    try (RecordLock.Held held = lock.take()) {
      CompletableFuture.runAsync(
              () -> assertThatThrownBy(lock::take).isInstanceOf(IOException.class))
          .get(10, TimeUnit.SECONDS);

      // Another process asks the kernel, not this JVM's own book of locks.
      Process asked =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)",
                  directory.resolve("lock").toString())
              .redirectErrorStream(true)
              .start();
      assertThat(new String(asked.getInputStream().readAllBytes(), UTF_8))
          .contains("BlockingIOError");
      assertThat(asked.waitFor()).isNotZero();
    }
  }
}
