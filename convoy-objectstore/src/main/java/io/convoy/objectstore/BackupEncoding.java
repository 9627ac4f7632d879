package io.convoy.objectstore;

import io.convoy.core.BackupOptions;
import java.util.Optional;

/**
 * How a backup is kept.
 *
 * @param compression for v0.5.2 always gzip, the only one that it reads
 */
record BackupEncoding(Format format, Compression compression) {
  /** Which Convoy is to read a backup. */
  enum Format {
    /** This one. */
    NATIVE("native"),
    /** v0.5.2 too. */
    V0_5_2("v0.5.2");

    private final String label;

    Format(String label) {
      this.label = label;
    }

    private static Format parse(String name) {
      for (Format format : values()) {
        if (format.label.equals(name)) {
          return format;
        }
      }
      throw new IllegalArgumentException(
          "No format of backups is named '%s': expected native or v0.5.2".formatted(name));
    }
  }

  BackupEncoding {
    if (format == Format.V0_5_2 && compression != Compression.GZIP) {
      throw new IllegalArgumentException(
          "Backups of format v0.5.2 are compressed by gzip, not '%s': v0.5.2 reads no other"
              .formatted(compression.label()));
    }
  }

  /**
   * Returns what a caller wants.
   *
   * @param defaults where the caller does not mind; their compression only goes with a format that
   *     reads it
   * @throws IllegalArgumentException for what there is not, naming what there is
   */
  static BackupEncoding of(BackupOptions options, BackupOptions defaults) {
    Format format = options.format().or(defaults::format).map(Format::parse).orElse(Format.NATIVE);
    Optional<Compression> given = options.compression().map(Compression::parse);
    if (format == Format.V0_5_2) {
      return new BackupEncoding(format, given.orElse(Compression.GZIP));
    }
    return new BackupEncoding(
        format,
        given.or(() -> defaults.compression().map(Compression::parse)).orElse(Compression.ZSTD));
  }

  /**
   * Checks defaults, by themselves.
   *
   * @throws IllegalArgumentException if they make no sense
   */
  static BackupOptions checked(BackupOptions defaults) {
    BackupEncoding ignored = of(defaults, BackupOptions.DEFAULT);
    return defaults;
  }
}
