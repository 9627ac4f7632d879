package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BackupOptions;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.BackupEncoding.Format;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BackupEncodingTest {
  private static final String OLD = "v0.5.2";

  /** An empty text leaves it open. */
  private static BackupOptions options(String format, String compression) {
    return new BackupOptions(
        Optional.of(format).filter(text -> !text.isEmpty()),
        Optional.of(compression).filter(text -> !text.isEmpty()));
  }

  private static void assertEncoding(
      BackupOptions options, BackupOptions defaults, Format format, Compression compression) {
    assertThat(BackupEncoding.of(options, defaults))
        .isEqualTo(new BackupEncoding(format, compression));
  }

  @Test
  void of_whatIsLeftOpen_isTheDefault() {
    BackupOptions open = BackupOptions.DEFAULT;
    assertEncoding(open, open, Format.NATIVE, Compression.ZSTD);
    assertEncoding(open, options("native", "lz4"), Format.NATIVE, Compression.LZ4);
    assertEncoding(options("", "none"), options("", "lz4"), Format.NATIVE, Compression.NONE);
    assertEncoding(open, options(OLD, ""), Format.V0_5_2, Compression.GZIP);
    assertEncoding(options("native", ""), options(OLD, ""), Format.NATIVE, Compression.ZSTD);
    assertEncoding(
        options("native", "ZSTD"), options(OLD, "gzip"), Format.NATIVE, Compression.ZSTD);
  }

  @Test
  void of_oldFormat_isGzipWhateverTheDefault() {
    assertEncoding(options(OLD, ""), options("", "lz4"), Format.V0_5_2, Compression.GZIP);
    assertEncoding(options(OLD, "gzip"), BackupOptions.DEFAULT, Format.V0_5_2, Compression.GZIP);
  }

  @Test
  void open_whatThereIsNot_isRefused() {
    assertRefused(options("v0.5.1", ""), "expected native or v0.5.2");
    assertRefused(options("", "brotli"), "expected one of zstd, lz4, gzip, none");
    assertRefused(options(OLD, "lz4"), "compressed by gzip, not 'lz4'");
  }

  private static void assertRefused(BackupOptions options, String message) {
    assertThatThrownBy(() -> BackupEncoding.of(options, BackupOptions.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThatThrownBy(
            () ->
                new ObjectStoreBackupsFactory().open("host1", new ProcessCommandRunner(), options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
