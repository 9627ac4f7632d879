package io.convoy.objectstore;

import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.FileTreeContent;
import io.convoy.core.Progress;
import io.convoy.objectstore.BackupPublication.Place;
import io.convoy.objectstore.BackupPublication.Written;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Backs up a directory tree as v0.5.2 does: all of it, each time, as one tar.gz. */
final class OldTreeBackup {
  private static final int BUFFER_BYTES = 128 * 1024;

  private final ObjectStore store;
  private final TreeArchive archive;
  private final BackupPublication publication;

  OldTreeBackup(ObjectStore store, TreeArchive archive, BackupPublication publication) {
    this.store = store;
    this.archive = archive;
    this.publication = publication;
  }

  BackupResult create(BackupRequest request, FileTreeContent content, Progress progress)
      throws IOException {
    return publication.create(request, new Tree(request, content, progress));
  }

  private final class Tree implements BackupPublication.Source {
    private final BackupRequest request;
    private final FileTreeContent content;
    private final Progress progress;
    private long contentBytes;

    Tree(BackupRequest request, FileTreeContent content, Progress progress) {
      this.request = request;
      this.content = content;
      this.progress = progress;
    }

    @Override
    public boolean isNative() {
      return false;
    }

    @Override
    public boolean fits(VolumeConfig config) {
      return config.isOldFormatOf(request);
    }

    @Override
    public VolumeConfig newConfig() {
      return VolumeConfig.ofOldTrees(request);
    }

    @Override
    public Written write(Place place) throws IOException {
      ObjectKey file = place.layout().singleFile(request.name());
      store.put(file, out -> write(out, place.lock()));
      long storedBytes =
          store
              .sizeBytes(file)
              .orElseThrow(() -> new IOException(file + " was stored, and is not there"));
      return new Written(
          new BackupHeader.Totals(contentBytes, contentBytes, storedBytes, 1, 0),
          request.volume().sizeBytes().orElse(0),
          Optional.empty(),
          List.of(),
          false, // nor does v0.5.2
          (created, host) -> OldHeader.ofSingleFile(request, created, file));
    }

    private void write(OutputStream out, StoreLock lock) throws IOException {
      contentBytes = 0;
      GZIPOutputStream gzip = new GZIPOutputStream(out, BUFFER_BYTES);
      archive.capture(content.directory(), tar -> copy(tar, gzip, lock));
      gzip.finish();
    }

    private void copy(InputStream tar, OutputStream out, StoreLock lock) throws IOException {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = tar.read(buffer); count >= 0; count = tar.read(buffer)) {
        progress.checkCancelled();
        lock.assertFresh();
        out.write(buffer, 0, count);
        contentBytes += count;
        progress.report(contentBytes, -1);
      }
    }
  }
}
