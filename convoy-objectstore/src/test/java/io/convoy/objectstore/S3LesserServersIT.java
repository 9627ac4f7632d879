package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Bytes;
import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupUrl;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.FaultyProxy.Fault;
import io.convoy.objectstore.FaultyProxy.Request;
import io.convoy.objectstore.S3TestServer.Authorization;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Backs up to a server that can do less than Amazon's, as others do. */
@Timeout(180)
final class S3LesserServersIT {
  private static final String VOLUME = "vol1";
  private static final int SIZE_BYTES = 100_000;

  private final S3Stores stores = new S3Stores();
  private final ObjectStoreBackups backups =
      new ObjectStoreBackups(
          stores,
          new ProcessCommandRunner(),
          BackupOptions.DEFAULT,
          Device.BLOCK_BYTES,
          StoreLock.Timing.DEFAULT,
          "host1",
          Clock.systemUTC());
  private FaultyProxy proxy;
  private BackupDestination destination;

  @BeforeEach
  void open() throws IOException {
    // What changes a request on its way breaks its signature.
    proxy = new FaultyProxy(S3TestServer.shared(Authorization.ANY).port());
    destination = S3TestServer.destination(S3TestServer.newPath(), proxy.port());
  }

  @AfterEach
  void close() throws IOException {
    backups.close();
    proxy.close();
  }

  private BackupUrl create(int version) throws IOException {
    Device device = Device.ofVersion(VOLUME, SIZE_BYTES, version);
    UUID snapshot = Device.snapshotOf(VOLUME, version);
    return backups
        .create(
            device.request("b" + version, snapshot, BackupOptions.DEFAULT, destination),
            device.open(snapshot),
            Progress.NONE)
        .backup()
        .url();
  }

  private void assertRestores(BackupUrl url, int version) throws IOException {
    Device.Target target = new Device.Target(SIZE_BYTES);
    backups.restore(url, target, Progress.NONE);
    assertThat(target.bytes).isEqualTo(Device.ofVersion(VOLUME, SIZE_BYTES, version).bytes());
  }

  private List<String> listed() throws IOException {
    return backups.list(destination, Optional.empty(), (key, problem) -> {}).stream()
        .map(Backup::url)
        .map(url -> url.backupName().orElseThrow().value())
        .toList();
  }

  /** OpenStack's Swift with s3api is such a one. */
  private static Fault least(Request request) {
    if (request.hasHeader("If-None-Match")) {
      return Fault.error(501, "NotImplemented");
    }
    if (isChunked(request)) {
      return Fault.error(501, "NotImplemented");
    }
    if (request.headers().stream()
        .anyMatch(header -> header.toLowerCase(Locale.ROOT).startsWith("x-amz-checksum-"))) {
      return Fault.error(400, "InvalidRequest");
    }
    return request.is("POST", "delete") && !request.hasHeader("Content-MD5")
        ? Fault.error(400, "InvalidRequest")
        : Fault.NONE;
  }

  private static boolean isChunked(Request request) {
    return request.header("Content-Encoding").orElse("").contains("aws-chunked")
        || request.header("x-amz-content-sha256").orElse("").startsWith("STREAMING")
        || request.hasHeader("x-amz-trailer");
  }

  @Test
  void lifeOfBackups_onAServerThatCanDoTheLeast_isAsAnywhere() throws IOException {
    proxy.play(S3LesserServersIT::least);

    BackupUrl first = create(1);
    BackupUrl second = create(2);
    assertThat(listed()).containsExactly("b1", "b2");
    assertRestores(first, 1);
    backups.delete(first);

    assertThat(listed()).containsExactly("b2");
    assertRestores(second, 2);
    assertThat(proxy.requests()).noneMatch(S3LesserServersIT::isChunked);
    // Tried once, and never again.
    assertThat(proxy.requests().stream().filter(request -> request.hasHeader("If-None-Match")))
        .hasSizeLessThanOrEqualTo(2);
    try (ObjectStore store = stores.open(destination)) {
      assertThat(BackupConsistency.broken(store)).isEmpty();
    }
  }

  @Test
  void create_onAServerThatStoresTheFramingWithTheData_isRefusedAndListsNothing()
      throws IOException {
    byte[] chunk = "7;chunk-signature=0000\r\n".getBytes(ISO_8859_1);
    byte[] end = "\r\n0;chunk-signature=0000\r\n\r\n".getBytes(ISO_8859_1);
    proxy.play(
        request ->
            request.is("GET", S3Probe.PREFIX)
                ? Fault.spoil(body -> Bytes.concat(chunk, body, end))
                : Fault.NONE);

    assertThatThrownBy(() -> create(1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't hold backups")
        .hasMessageContaining("aws-chunked");

    proxy.play(request -> Fault.NONE);
    assertThat(listed()).isEmpty();
  }

  @Test
  void create_onAServerThatGoesBad_isNeverRestoredAsOtherBytes() throws IOException {
    BackupUrl first = create(1);
    proxy.play(
        request ->
            request.is("GET", ".blk")
                ? Fault.spoil(body -> Bytes.concat(new byte[] {'7', ';'}, body))
                : Fault.NONE);

    assertThatThrownBy(() -> assertRestores(first, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(".blk");
  }
}
