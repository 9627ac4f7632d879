package io.convoy.core.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {
  @TempDir private Path directory;

  @Test
  void replace_file_leavesNothingBeside() throws IOException {
    Path file = directory.resolve("f.json");

    AtomicFiles.replace(file, "one".getBytes(UTF_8));
    AtomicFiles.replace(file, "two".getBytes(UTF_8));

    assertThat(file).hasContent("two");
    assertThat(directory).isDirectoryContaining(path -> path.equals(file));
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void create_taken_keepsTheFirst() throws IOException {
    Path file = directory.resolve("f.json");
    AtomicFiles.create(file, "one".getBytes(UTF_8));

    assertThatThrownBy(() -> AtomicFiles.create(file, "two".getBytes(UTF_8)))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(file).hasContent("one");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void replace_directoryMissing_failsAndMakesNothing() {
    assertThatThrownBy(
            () -> AtomicFiles.replace(directory.resolve("no/f.json"), "x".getBytes(UTF_8)))
        .isInstanceOf(IOException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void delete_missing_doesNothing() throws IOException {
    AtomicFiles.delete(directory.resolve("nosuch"));

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void jsonFile_unknownFields_areKept() throws IOException {
    JsonFile file = new JsonFile(directory.resolve("f.json"));
    Files.writeString(file.path(), "{\"Name\":\"a\",\"Newer\":{\"x\":[1,2]}}\n");

    var object = file.read().orElseThrow();
    object.put("Name", "b");
    file.write(object);

    assertThat(file.path()).hasContent("{\"Name\":\"b\",\"Newer\":{\"x\":[1,2]}}");
  }

  /** NFS sends a link again when its answer got lost; the second time the name is taken. */
  @Test
  void link_madeByAnEarlierTryOfItsOwn_isDone() throws IOException {
    Path temporary = Files.writeString(directory.resolve(".tmp-1"), "mine");
    Path file = directory.resolve("f");
    Files.createLink(file, temporary);

    AtomicFiles.link(temporary, file);

    assertThat(file).hasContent("mine");
  }

  @Test
  void link_nameOfAnotherFile_isRefused() throws IOException {
    Path temporary = Files.writeString(directory.resolve(".tmp-1"), "same");
    Path file = Files.writeString(directory.resolve("f"), "same");

    assertThatThrownBy(() -> AtomicFiles.link(temporary, file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void jsonFile_missing_isEmpty() throws IOException {
    assertThat(new JsonFile(directory.resolve("nosuch.json")).read()).isEmpty();
  }

  @Test
  void jsonFile_cutOff_isCorruptAndNamed() throws IOException {
    for (String content : new String[] {"", "{\"Name\":", "[1]", "{} {}", "nul"}) {
      Path path = directory.resolve("f.json");
      Files.writeString(path, content);

      assertThatThrownBy(() -> new JsonFile(path).read())
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining(path.toString());
    }
  }

  @Test
  void rootLock_taken_namesTheProcess() throws IOException {
    try (RootLock lock = RootLock.acquire(directory)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> RootLock.acquire(directory))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining(directory.toString());
    }
    RootLock.acquire(directory).close();
  }
}
