package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads all that a backup needs and checks it: each block once, however often it occurs. */
final class Verification {
  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
  private static final int MAX_AHEAD = 4 * THREADS;
  private static final int MAX_FINDINGS = 1000;
  private static final int SEEN = 1;

  private final ObjectStore store;
  private final StoredVolume volume;
  private final BackupHeader header;
  private final Progress progress;
  private final BlockDownload download;
  private final List<String> findings = new ArrayList<>();
  private final NameMarks seen = new NameMarks();
  private final Deque<Future<Optional<String>>> ahead = new ArrayDeque<>();
  private ExecutorService threads;
  private long doneBytes;

  Verification(ObjectStore store, StoredVolume.Located backup, Progress progress) {
    this.store = store;
    this.volume = backup.volume();
    this.header = backup.header();
    this.progress = progress;
    this.download =
        new BlockDownload(
            store,
            volume.layout(),
            volume.naming(),
            header.maxBlockBytes(volume.config()),
            THREADS);
  }

  /** Returns what is wrong, one line each. */
  List<String> run() throws IOException {
    threads = Executors.newFixedThreadPool(THREADS, task -> new Thread(task, "convoy-verify"));
    try {
      switch (header.kind()) {
        case TREE -> verifyTree();
        case BLOCKS -> verifyBlocks();
        case OLD_BLOCKS -> {
          for (BlockRef block : header.blocks()) {
            check(block, header.grid(volume.config()).sizeBytes());
          }
        }
        case OLD_SINGLE_FILE -> verifySingleFile();
      }
      while (!ahead.isEmpty()) {
        takeOne();
      }
    } catch (CorruptDataException e) {
      findings.add(e.getMessage());
    } finally {
      threads.shutdownNow();
    }
    return findings;
  }

  private BlockMapReader openMap(ObjectKey key) throws IOException {
    return BlockMapReader.open(
        key, store.open(key).orElseThrow(() -> new CorruptDataException(key + " is missing")));
  }

  private void verifyBlocks() throws IOException {
    ObjectKey key = volume.layout().map(header.name());
    BlockGrid grid = header.grid(volume.config());
    try (BlockMapReader map = openMap(key)) {
      for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
        if (!grid.fits(block.get())) {
          throw new CorruptDataException(
              "%s has a block of %s bytes at %s, expected whole blocks of %s in %s"
                  .formatted(
                      key,
                      block.get().lengthBytes(),
                      block.get().offsetBytes(),
                      grid.blockBytes(),
                      grid.sizeBytes()));
        }
        check(block.get(), grid.sizeBytes());
      }
    }
  }

  private void verifyTree() throws IOException {
    ObjectKey key = volume.layout().map(header.name());
    long end = 0;
    try (BlockMapReader map = openMap(key)) {
      for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
        if (block.get().offsetBytes() != end
            || block.get().lengthBytes() > TreeBackup.maxBlockBytes(volume.config())) {
          throw new CorruptDataException(
              "%s has a block of %s bytes at %s, expected one at %s"
                  .formatted(key, block.get().lengthBytes(), block.get().offsetBytes(), end));
        }
        end = block.get().endBytes();
        check(block.get(), header.contentBytes());
      }
    }
    if (end != header.contentBytes()) {
      throw new CorruptDataException(
          "%s makes up %s bytes, expected %s".formatted(key, end, header.contentBytes()));
    }
  }

  private void check(BlockRef block, long totalBytes) throws IOException {
    progress.checkCancelled();
    doneBytes += block.lengthBytes();
    progress.report(Math.min(doneBytes, totalBytes), totalBytes);
    if (seen.add(block.name(), SEEN)) {
      ahead.add(threads.submit(() -> problemOf(block)));
      if (ahead.size() > MAX_AHEAD) {
        takeOne();
      }
    }
  }

  private Optional<String> problemOf(BlockRef block) throws IOException {
    try {
      return download.get(block, content -> Optional.empty());
    } catch (CorruptDataException e) {
      return Optional.of(e.getMessage());
    }
  }

  private void takeOne() throws IOException {
    Optional<String> problem = Tasks.get(ahead.remove());
    if (problem.isPresent() && findings.size() < MAX_FINDINGS) {
      findings.add(problem.get());
    }
  }

  private void verifySingleFile() throws IOException {
    ObjectKey key = volume.layout().singleFile(header.name());
    try (InputStream file =
        store.open(key).orElseThrow(() -> new CorruptDataException("it is missing"))) {
      InputStream tar = SingleGzipInput.open(file);
      byte[] buffer = new byte[64 * 1024];
      for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
        progress.checkCancelled();
        doneBytes += n;
        progress.report(doneBytes, -1);
      }
    } catch (CorruptDataException e) {
      throw new CorruptDataException("%s: %s".formatted(key, e.getMessage()), e);
    }
  }
}
