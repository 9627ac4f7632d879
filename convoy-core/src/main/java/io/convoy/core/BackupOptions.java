package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * How a store shall keep a backup, where the caller minds. The names are the store's; it refuses
 * those that it does not know.
 *
 * @param format such as {@code native} or {@code v0.5.2}
 * @param compression such as {@code zstd}, {@code lz4}, {@code gzip} or {@code none}
 */
public record BackupOptions(Optional<String> format, Optional<String> compression) {
  /** The caller minds nothing. */
  public static final BackupOptions DEFAULT = new BackupOptions(Optional.empty(), Optional.empty());

  public BackupOptions {
    requireNonNull(format, "format is null");
    requireNonNull(compression, "compression is null");
  }
}
