package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The content of a tree's backup as one stream: its blocks are got and checked on several threads,
 * ahead of the reader, with a bounded number of bytes in flight.
 */
final class BlockStream extends InputStream {
  private static final long MAX_BYTES_AHEAD = 32L * 1024 * 1024;
  static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  private final BlockList map;
  private final BlockDownload download;
  private final long contentBytes;
  private final int maxBlockBytes;
  private final Progress progress;
  private final ExecutorService threads;
  private final Deque<Ahead> ahead = new ArrayDeque<>();
  private long bytesAhead;
  private long requestedBytes;
  private boolean mapEnded;
  private byte[] current = new byte[0];
  private int position;
  private long doneBytes;

  private record Ahead(Future<byte[]> content, int lengthBytes) {}

  BlockStream(
      BlockList map,
      BlockDownload download,
      long contentBytes,
      int maxBlockBytes,
      Progress progress) {
    this.map = map;
    this.download = download;
    this.contentBytes = contentBytes;
    this.maxBlockBytes = maxBlockBytes;
    this.progress = progress;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS, task -> new Thread(task, "convoy-restore-" + THREAD_NUMBER.incrementAndGet()));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == current.length && !advance()) {
      return -1;
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, buffer, offset, count);
    position += count;
    return count;
  }

  private boolean advance() throws IOException {
    progress.checkCancelled();
    requestMore();
    if (ahead.isEmpty()) {
      return false;
    }
    Ahead next = ahead.remove();
    current = Tasks.get(next.content);
    position = 0;
    bytesAhead -= next.lengthBytes;
    doneBytes += next.lengthBytes;
    progress.report(doneBytes, contentBytes);
    return true;
  }

  private void requestMore() throws IOException {
    while (!mapEnded && bytesAhead < MAX_BYTES_AHEAD) {
      Optional<BlockRef> block = map.next();
      if (block.isEmpty()) {
        mapEnded = true;
        if (requestedBytes != contentBytes) {
          throw new CorruptDataException(
              "%s makes up %s bytes, expected %s"
                  .formatted(map.key(), requestedBytes, contentBytes));
        }
        return;
      }
      if (block.get().offsetBytes() != requestedBytes
          || block.get().endBytes() > contentBytes
          || block.get().lengthBytes() > maxBlockBytes) {
        throw new CorruptDataException(
            "%s has a block of %s bytes at %s, expected one at %s of at most %s"
                .formatted(
                    map.key(),
                    block.get().lengthBytes(),
                    block.get().offsetBytes(),
                    requestedBytes,
                    maxBlockBytes));
      }
      requestedBytes = block.get().endBytes();
      bytesAhead += block.get().lengthBytes();
      ahead.add(
          new Ahead(
              threads.submit(() -> download.get(block.get(), BlockStream::copy)),
              block.get().lengthBytes()));
    }
  }

  private static byte[] copy(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    map.close();
  }
}
