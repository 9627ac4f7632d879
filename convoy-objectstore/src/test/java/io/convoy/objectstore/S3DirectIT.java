package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.objectstore.FaultyProxy.Fault;
import io.convoy.objectstore.S3TestServer.Authorization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes the short way to real servers that check signatures, and what is left to the SDK. */
@Timeout(120)
final class S3DirectIT {
  private static final Duration SILENCE = Duration.ofSeconds(2);
  private static final ObjectKey KEY = new ObjectKey("v/blocks/x.blk");

  @Nested
  final class S3Proxy extends Ways {
    @Override
    S3TestServer server() {
      return S3TestServer.shared(Authorization.SIGNED);
    }
  }

  @Nested
  final class Ceph extends Ways {
    @Override
    S3TestServer server() {
      return S3TestServer.sharedCeph();
    }
  }

  abstract static class Ways {
    private FaultyProxy proxy;
    private S3Connection connection;
    private S3ObjectStore store;
    private S3Direct direct;

    abstract S3TestServer server();

    @BeforeEach
    final void open() throws IOException {
      proxy = new FaultyProxy(server().port());
      open(S3TestServer.newPath(), Duration.ofHours(1));
    }

    private void open(String path, Duration rest) throws IOException {
      close(connection);
      S3Location location = S3Location.of(S3TestServer.destination(path, proxy.port()));
      S3Access access = S3Access.of(location);
      connection = new S3Connection(access, SILENCE);
      store = new S3ObjectStore(connection, location);
      direct =
          new S3Direct(
              S3Clients.http(access, SILENCE),
              S3Clients.credentials(access),
              location,
              connection.client(),
              rest);
    }

    private static void close(S3Connection connection) {
      if (connection != null) {
        connection.close();
      }
    }

    @AfterEach
    final void close() throws IOException {
      close(connection);
      proxy.close();
    }

    private static ByteBuffer random(int length) {
      byte[] bytes = new byte[length];
      new Random(length).nextBytes(bytes);
      return ByteBuffer.allocateDirect(length).put(bytes).flip();
    }

    private static ByteBuffer room() {
      return ByteBuffer.allocateDirect(3 * 1024 * 1024);
    }

    @Test
    final void putAndRead_anySizeAndChecksum_goThrough() throws IOException {
      for (int length : List.of(0, 1, 70_000, 2 * 1024 * 1024)) {
        for (boolean checksums : List.of(true, false)) {
          ByteBuffer content = random(length);
          ByteBuffer room = room();
          assertThat(direct.put(KEY, content, checksums)).isTrue();
          assertThat(content.remaining()).isEqualTo(length);
          assertThat(direct.read(KEY, room)).isTrue();
          assertThat(room).isEqualTo(content);
        }
      }
      assertThat(proxy.requests())
          .filteredOn(request -> request.is("PUT", KEY.value()))
          .extracting(request -> request.hasHeader("x-amz-checksum-crc32"))
          .containsExactly(true, false, true, false, true, false, true, false);
    }

    @Test
    final void store_ofBlocks_goesThisWay() throws IOException {
      store.putUnsynced(KEY, random(1000));
      ByteBuffer room = room();
      assertThat(store.read(KEY, room)).isTrue();
      assertThat(room).isEqualTo(random(1000));
      assertThat(proxy.requests())
          .filteredOn(request -> request.line().contains(KEY.value()))
          .allMatch(request -> request.header("User-Agent").orElse("").equals("convoy"))
          .hasSize(2);
    }

    @Test
    final void read_absent_isNotDoneAndNoTrouble() {
      assertThat(direct.read(KEY, room())).isFalse();
      assertThat(direct.put(KEY, random(1000), true)).isTrue();
    }

    @Test
    final void read_longerThanTheRoom_isNotDone() {
      assertThat(direct.put(KEY, random(1000), true)).isTrue();
      assertThat(direct.read(KEY, ByteBuffer.allocate(999))).isFalse();
    }

    @Test
    final void trouble_ofAnyKind_isLeftToTheSdkForAWhile() throws IOException {
      for (Fault fault :
          List.of(
              Fault.error(503, "SlowDown"),
              Fault.error(403, "AccessDenied"),
              Fault.reset(),
              Fault.answerLost(),
              Fault.silence())) {
        open(S3TestServer.newPath(), Duration.ofHours(1));
        proxy.play(request -> fault);
        for (int i = 0; i < 2; i++) {
          assertThat(direct.put(KEY, random(1000), true)).as("%s", fault).isFalse();
        }
        proxy.play(request -> Fault.NONE);
        assertThat(direct.put(KEY, random(1000), true)).isFalse();
        assertThat(direct.read(KEY, room())).isFalse();
        assertThat(proxy.requests()).isEmpty();
      }
    }

    @Test
    final void answer_thatBreaksOff_isLeftToTheSdk() throws IOException {
      store.putUnsynced(KEY, random(300_000));
      proxy.play(
          request -> proxy.count("GET", KEY.value()) == 1 ? Fault.cutAfter(9000) : Fault.NONE);
      ByteBuffer room = room();

      assertThat(store.read(KEY, room)).isTrue();

      assertThat(room).isEqualTo(random(300_000));
      assertThat(proxy.count("GET", KEY.value())).isEqualTo(2);
    }

    @Test
    final void trouble_nowAndThen_keepsNobodyFromTrying() throws IOException {
      for (int i = 0; i < 5; i++) {
        proxy.play(request -> Fault.reset());
        assertThat(direct.put(KEY, random(1000), true)).isFalse();
        proxy.play(request -> Fault.NONE);
        assertThat(direct.put(KEY, random(1000), true)).isTrue();
      }
    }

    @Test
    final void store_closed_isOfNoUse() throws IOException {
      store.putUnsynced(KEY, random(1000));
      connection.close();
      assertThatThrownBy(() -> store.putUnsynced(KEY, random(1000)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("closed");
      assertThatThrownBy(() -> store.read(KEY, room()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("closed");
    }

    @Test
    final void trouble_thatIsOver_isTriedAgain() throws IOException {
      open(S3TestServer.newPath(), Duration.ZERO);
      proxy.play(request -> Fault.error(500, "InternalError"));
      for (int i = 0; i < 5; i++) {
        assertThat(direct.put(KEY, random(1000), true)).isFalse();
      }
      proxy.play(request -> Fault.NONE);
      assertThat(direct.put(KEY, random(1000), true)).isTrue();
    }

    @Test
    final void key_thatNeedsEscaping_isLeftToTheSdk() throws IOException {
      open(S3TestServer.newPath() + "of us & them/", Duration.ofHours(1));
      assertThat(direct.put(KEY, random(1000), true)).isFalse();
      store.putUnsynced(KEY, random(1000));
      ByteBuffer room = room();
      assertThat(store.read(KEY, room)).isTrue();
      assertThat(room).isEqualTo(random(1000));
    }

    @Test
    final void caller_interrupted_isLeftToTheSdk() {
      Thread.currentThread().interrupt();
      try {
        assertThat(direct.put(KEY, random(1000), true)).isFalse();
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(direct.put(KEY, random(1000), true)).isTrue();
    }
  }
}
