package io.convoy.objectstore.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import io.convoy.objectstore.ObjectKey;
import io.convoy.objectstore.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does. */
public abstract class ObjectStoreContract {
  private static final int MAX_BYTES = 1024 * 1024;

  /** Returns an empty store; the same one during a test. */
  protected abstract ObjectStore store() throws IOException;

  private static ObjectKey key(String value) {
    return new ObjectKey(value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private Optional<String> text(String key) throws IOException {
    return store().get(key(key), MAX_BYTES).map(content -> new String(content, UTF_8));
  }

  private List<String> list(String prefix) throws IOException {
    List<String> keys = new ArrayList<>();
    store().list(prefix, (key, size) -> keys.add(key + " " + size));
    return keys;
  }

  @Test
  void create_absent_storesIt() throws IOException {
    assertThat(store().create(key("a/b/c"), bytes("first"))).isTrue();

    assertThat(text("a/b/c")).contains("first");
  }

  @Test
  void create_present_keepsTheFirstAndTells() throws IOException {
    store().create(key("a/b"), bytes("first"));

    assertThat(store().create(key("a/b"), bytes("second"))).isFalse();
    assertThat(text("a/b")).contains("first");
    assertThat(list("a/")).containsExactly("a/b 5");
  }

  @Test
  void create_manyAtOnce_oneWinsEachTime() throws Exception {
    int contenders = 16;
    ObjectStore store = store();
    CyclicBarrier start = new CyclicBarrier(contenders);
    ExecutorService threads = Executors.newFixedThreadPool(contenders);
    try {
      for (int round = 0; round < 20; round++) {
        ObjectKey key = key("rounds/" + round);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < contenders; i++) {
          byte[] content = bytes("contender " + i);
          tasks.add(
              () -> {
                start.await();
                return store.create(key, content);
              });
        }
        List<Integer> winners = new ArrayList<>();
        List<Future<Boolean>> answers = threads.invokeAll(tasks);
        for (int i = 0; i < contenders; i++) {
          if (answers.get(i).get()) {
            winners.add(i);
          }
        }
        assertThat(winners).hasSize(1);
        assertThat(text(key.value())).contains("contender " + winners.get(0));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void put_present_replacesAllOfIt() throws IOException {
    store().put(key("a/b"), bytes("a long text"));
    store().put(key("a/b"), bytes("short"));

    assertThat(text("a/b")).contains("short");
    assertThat(list("a/")).containsExactly("a/b 5");
  }

  @Test
  void put_whileRead_readerGetsOneOrTheOtherWhole() throws Exception {
    ObjectStore store = store();
    byte[] one = new byte[100_000];
    byte[] other = new byte[50_000];
    Arrays.fill(one, (byte) 1);
    Arrays.fill(other, (byte) 2);
    store.put(key("a/b"), one);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> writer =
          threads.submit(
              () -> {
                for (int i = 0; i < 50; i++) {
                  store.put(key("a/b"), i % 2 == 0 ? other : one);
                }
                return null;
              });
      while (!writer.isDone()) {
        byte[] got = store.get(key("a/b"), MAX_BYTES).orElseThrow();
        assertThat(Arrays.equals(got, one) || Arrays.equals(got, other)).isTrue();
      }
      writer.get();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void put_streamed_storesWhatWasWritten() throws IOException {
    store()
        .put(
            key("a/b"),
            out -> {
              for (int i = 0; i < 100_000; i++) {
                out.write(i);
              }
            });

    try (InputStream in = store().open(key("a/b")).orElseThrow()) {
      byte[] content = in.readAllBytes();
      assertThat(content).hasSize(100_000);
      assertThat(content[99_999]).isEqualTo((byte) 99_999);
    }
  }

  @Test
  void put_streamThatThrows_leavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                store()
                    .put(
                        key("a/b"),
                        out -> {
                          out.write(bytes("half"));
                          throw new IOException("no more");
                        }))
        .isInstanceOf(IOException.class)
        .hasMessage("no more");

    assertThat(text("a/b")).isEmpty();
    assertThat(list("a/")).isEmpty();
  }

  @Test
  void put_streamThatThrowsOverAnObject_leavesThatOne() throws IOException {
    store().put(key("a/b"), bytes("old"));

    assertThatThrownBy(
            () ->
                store()
                    .put(
                        key("a/b"),
                        out -> {
                          throw new IllegalStateException("a mistake");
                        }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(text("a/b")).contains("old");
  }

  @Test
  void putUnsynced_thenSync_storesIt() throws IOException {
    store().putUnsynced(key("a/b/c/d"), ByteBuffer.wrap(bytes("block")));
    store().putUnsynced(key("a/b/c/e"), ByteBuffer.allocateDirect(0));
    store().sync();

    assertThat(text("a/b/c/d")).contains("block");
    assertThat(list("a/")).containsExactly("a/b/c/d 5", "a/b/c/e 0");
  }

  @Test
  void missingObject_everyQuestion_answersEmpty() throws IOException {
    store().put(key("a/there"), bytes("x"));

    assertThat(store().get(key("a/b"), MAX_BYTES)).isEmpty();
    assertThat(store().open(key("a/b"))).isEmpty();
    assertThat(store().sizeBytes(key("a/b"))).isEmpty();
    assertThat(store().get(key("no/such/directory"), MAX_BYTES)).isEmpty();
    assertThat(store().sizeBytes(key("no/such/directory"))).isEmpty();
    assertThat(list("no/such/directory/")).isEmpty();
    assertThat(store().listDirectories("no/such/")).isEmpty();
  }

  @Test
  void sizeBytes_present_isItsLength() throws IOException {
    store().put(key("a/b"), new byte[12_345]);

    assertThat(store().sizeBytes(key("a/b"))).hasValue(12_345);
  }

  @Test
  void read_again_fillsTheRoomFromItsStart() throws IOException {
    store().put(key("a/long"), bytes("longer content"));
    store().put(key("a/short"), bytes("short"));
    store().put(key("a/empty"), new byte[0]);
    ByteBuffer room = ByteBuffer.allocateDirect("longer content".length());

    for (String name : List.of("a/long", "a/short", "a/empty")) {
      assertThat(store().read(key(name), room)).isTrue();
      assertThat(room).isEqualTo(ByteBuffer.wrap(store().get(key(name), MAX_BYTES).orElseThrow()));
    }
    assertThat(store().read(key("a/none"), room)).isFalse();
    assertThat(store().read(key("no/such/directory"), room)).isFalse();
  }

  @Test
  void read_longerThanTheRoom_isRefused() throws IOException {
    store().put(key("a/b"), new byte[101]);

    assertThatThrownBy(() -> store().read(key("a/b"), ByteBuffer.allocateDirect(100)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("expected at most 100");
  }

  @Test
  void get_longerThanAllowed_isRefused() throws IOException {
    store().put(key("a/b"), new byte[101]);

    assertThat(store().get(key("a/b"), 101)).isPresent();
    assertThatThrownBy(() -> store().get(key("a/b"), 100))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("a/b")
        .hasMessageContaining("101");
  }

  @Test
  void list_prefix_hasNothingOfItsNeighbours() throws IOException {
    for (String name : List.of("vol1", "vol10", "vol1-data", "vol", "vol1~abcdef00", "vol1!")) {
      store().put(key("volumes/" + name + "/x"), bytes(name));
    }

    assertThat(list("volumes/vol1/")).containsExactly("volumes/vol1/x 4");
  }

  @Test
  void list_several_comesInOrderOfKeyAcrossDirectories() throws IOException {
    List<String> keys =
        List.of("v/a-b/x", "v/a.b", "v/a/x", "v/a/y/z", "v/a0", "v/b", "v/B", "v/a!/x", "v/a~1/x");
    for (String key : keys) {
      store().put(key(key), new byte[0]);
    }

    assertThat(list("v/"))
        .containsExactlyElementsOf(keys.stream().sorted().map(key -> key + " 0").toList());
  }

  @Test
  void list_moreThanAPage_isComplete() throws IOException {
    List<String> keys =
        IntStream.range(0, 2_345).mapToObj(i -> "many/%05d".formatted(i * 7)).toList();
    for (String key : keys) {
      store().putUnsynced(key(key), ByteBuffer.allocate(1));
    }

    assertThat(list("many/")).containsExactlyElementsOf(keys.stream().map(k -> k + " 1").toList());
    store().delete(keys.stream().map(ObjectKey::new).toList());
    assertThat(list("many/")).isEmpty();
  }

  @Test
  void list_listenerThatThrows_endsWithItsException() throws IOException {
    store().put(key("a/b"), bytes("x"));

    assertThatThrownBy(
            () ->
                store()
                    .list(
                        "a/",
                        (key, size) -> {
                          throw new IOException("enough");
                        }))
        .hasMessage("enough");
  }

  @Test
  void listDirectories_several_namesThoseOfTheNextLevelInOrderOfKey() throws IOException {
    for (String key : List.of("v/b/x", "v/a/x/y", "v/a-b/x", "v/file", "v/a/z", "w/c/x")) {
      store().put(key(key), new byte[0]);
    }

    assertThat(store().listDirectories("v/")).containsExactly("a-b", "a", "b");
  }

  @Test
  void delete_some_leavesAllOthers() throws IOException {
    for (String key : List.of("v/vol1", "v/vol10", "v/vol1-data", "v/vol1.x", "v/vol")) {
      store().put(key(key), new byte[0]);
    }

    store().delete(List.of(key("v/vol1"), key("v/missing"), key("none/at/all")));

    assertThat(list("v/")).containsExactly("v/vol 0", "v/vol1-data 0", "v/vol1.x 0", "v/vol10 0");
  }

  @Test
  void delete_missing_isFine() {
    assertThatCode(() -> store().delete(List.of(key("a/b"), key("a/c"))))
        .doesNotThrowAnyException();
    assertThatCode(() -> store().delete(List.of())).doesNotThrowAnyException();
  }

  @Test
  void delete_guarded_asksAndStopsWhereItMayNot() throws IOException {
    List<ObjectKey> keys = List.of(key("v/a"), key("v/b"), key("v/c"));
    for (ObjectKey key : keys) {
      store().put(key, new byte[0]);
    }
    AtomicInteger asked = new AtomicInteger();
    ObjectStore.Guard never =
        () -> {
          asked.incrementAndGet();
          throw new InUseException("no more");
        };

    assertThatThrownBy(() -> store().delete(keys, never))
        .isInstanceOf(InUseException.class)
        .hasMessage("no more");
    assertThat(asked).hasValue(1);
    assertThat(list("v/")).containsExactly("v/a 0", "v/b 0", "v/c 0");

    store().delete(keys, asked::incrementAndGet);
    assertThat(asked).hasValueBetween(2, 4);
    assertThat(list("v/")).isEmpty();
  }

  @Test
  void create_afterDelete_storesItAgain() throws IOException {
    store().create(key("a/b"), bytes("first"));
    store().delete(List.of(key("a/b")));

    assertThat(store().create(key("a/b"), bytes("second"))).isTrue();
    assertThat(text("a/b")).contains("second");
  }

  @Test
  void list_prefixThatIsNoDirectory_isRefused() {
    for (String prefix :
        List.of("a", "vol1", "a/b", "", "/", "a//", "/a/", "../", "a/../", "./", "a b/")) {
      assertThatThrownBy(() -> store().list(prefix, (key, size) -> {}))
          .as(prefix)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'");
      assertThatThrownBy(() -> store().listDirectories(prefix))
          .as(prefix)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void objectKey_thatLeadsElsewhere_isRefused() {
    for (String value :
        List.of(
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/..",
            "../a",
            "a/./b",
            "a b",
            "a\\b",
            "a\nb",
            "a\n",
            "ä",
            "a\0b",
            "a*",
            "x".repeat(1001))) {
      assertThatThrownBy(() -> new ObjectKey(value))
          .as(value)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
