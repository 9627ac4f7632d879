package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.testing.FailingObjectStore;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import io.convoy.objectstore.testing.ObjectStoreContract;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the contract for each store, and tests what is a directory's own. */
final class ObjectStoresTest {
  @Nested
  final class InMemory extends ObjectStoreContract {
    private final ObjectStore store = new InMemoryObjectStore();

    @Override
    protected ObjectStore store() {
      return store;
    }
  }

  @Nested
  final class FailingNever extends ObjectStoreContract {
    private final ObjectStore store =
        new FailingObjectStore(new InMemoryObjectStore(), -1, FailingObjectStore.Mode.AFTER);

    @Override
    protected ObjectStore store() {
      return store;
    }
  }

  @Nested
  final class Directory extends ObjectStoreContract {
    @TempDir private Path root;
    private DirectoryObjectStore store;

    @BeforeEach
    void open() throws IOException {
      store = new DirectoryObjectStore(root, new ProcessCommandRunner());
    }

    @Override
    protected ObjectStore store() {
      return store;
    }

    private ObjectKey key(String value) {
      return new ObjectKey(value);
    }

    private List<String> list(String prefix) throws IOException {
      List<String> keys = new ArrayList<>();
      store.list(prefix, (key, size) -> keys.add(key.value()));
      return keys;
    }

    @Test
    void list_foreignNamesAndTemporaryFiles_areIgnored() throws IOException {
      store.put(key("v/mine"), new byte[0]);
      for (String name : List.of(".tmp-abc", "a b", "ü", "it's")) {
        Files.createFile(root.resolve("v").resolve(name));
      }
      Files.createDirectories(root.resolve("v/not mine/x"));
      Files.createSymbolicLink(root.resolve("v/link"), Path.of("mine"));
      Files.createSymbolicLink(root.resolve("v/up"), Path.of(".."));

      assertThat(list("v/")).containsExactly("v/mine");
      assertThat(store.listDirectories("v/")).isEmpty();
      assertThat(root.resolve("v/.tmp-abc")).exists();
    }

    @Test
    void list_namesThatDifferInCaseOnly_areTwo() throws IOException {
      store.put(key("v/Vol1/x"), new byte[1]);
      store.put(key("v/vol1/x"), new byte[2]);

      assertThat(list("v/vol1/")).containsExactly("v/vol1/x");
      assertThat(store.listDirectories("v/")).containsExactly("Vol1", "vol1");
    }

    @Test
    void list_temporaryFileOfACrashLongAgo_isRemoved() throws IOException {
      store.put(key("v/mine"), new byte[0]);
      Path old = Files.createFile(root.resolve("v/.tmp-old"));
      Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(8, ChronoUnit.DAYS)));

      list("v/");

      assertThat(old).doesNotExist();
    }

    @Test
    void put_streamThatThrows_leavesNoTemporaryFile() throws IOException {
      assertThatThrownBy(
              () ->
                  store.put(
                      key("v/x"),
                      out -> {
                        throw new IOException("no more");
                      }))
          .hasMessage("no more");

      try (Stream<Path> files = Files.list(root.resolve("v"))) {
        assertThat(files).isEmpty();
      }
    }

    @Test
    void delete_thatCant_namesItAndDeletesTheOthers() throws IOException {
      store.put(key("v/a"), new byte[0]);
      store.put(key("v/b/inside"), new byte[0]);
      store.put(key("v/c"), new byte[0]);

      assertThatThrownBy(() -> store.delete(List.of(key("v/a"), key("v/b"), key("v/c"))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("v/b");
      assertThat(list("v/")).containsExactly("v/b/inside");
    }

    @Test
    void everything_afterTheDirectoryIsGone_failsAndDoesNotMakeIt() throws IOException {
      Path share = Files.createDirectory(root.resolve("share"));
      ObjectStore gone = new DirectoryObjectStore(share, new ProcessCommandRunner());
      gone.put(key("v/x"), new byte[0]);
      Files.delete(share.resolve("v/x"));
      Files.delete(share.resolve("v"));
      Files.delete(share);
      byte[] content = "x".getBytes(UTF_8);

      assertThatThrownBy(() -> gone.create(key("v/x"), content))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("mounted");
      assertThatThrownBy(() -> gone.put(key("v/x"), content)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.put(key("v/x"), out -> out.write(content)))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.putUnsynced(key("v/x"), ByteBuffer.wrap(content)))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.get(key("v/x"), 10)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.open(key("v/x"))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.sizeBytes(key("v/x"))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.list("v/", (key, size) -> {})).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> gone.listDirectories("v/")).isInstanceOf(IOException.class);
      assertThat(share).doesNotExist();
    }

    @Test
    void open_whatIsNoDirectory_saysWhatToDo() throws IOException {
      Path file = Files.createFile(root.resolve("file"));

      assertThatThrownBy(() -> new DirectoryObjectStore(file, new ProcessCommandRunner()))
          .isInstanceOf(NotDirectoryException.class)
          .hasMessageContaining(file.toString());
      assertThatThrownBy(
              () -> new DirectoryObjectStore(root.resolve("no"), new ProcessCommandRunner()))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("make it, or mount");
    }
  }
}
