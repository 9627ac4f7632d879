package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.ZstdInputStream;
import io.convoy.core.CorruptDataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads a block map as a stream, in little memory whatever it holds. What it returns is only to be
 * believed once it has returned the end.
 */
final class BlockMapReader implements BlockList {
  /** Writers use windows of 2 MiB; a frame that asks for more than this is none of theirs. */
  private static final int MAX_WINDOW_LOG = 23;

  private static final int MAX_LINE = 128;

  private final String key;
  private final Optional<BackupHeader> owner;
  private final RememberingInput source;
  private final InputStream in;
  private final MessageDigest digest = BlockMapWriter.sha256();
  private final byte[] line = new byte[MAX_LINE];
  private int lineLength;
  private long blocks;
  private long endBytes;
  private boolean ended;

  private BlockMapReader(ObjectKey key, RememberingInput source, Optional<BackupHeader> owner)
      throws IOException {
    this.key = key.value();
    this.owner = owner;
    this.source = source;
    this.in =
        new BufferedInputStream(new ZstdInputStream(source).setLongMax(MAX_WINDOW_LOG), 64 * 1024);
  }

  /**
   * Starts to read a backup's map; closes {@code stored} if that is none.
   *
   * @param key what to call it in messages
   */
  static BlockMapReader open(ObjectKey key, InputStream stored, BackupHeader owner)
      throws IOException {
    return open(key, stored, Optional.of(owner));
  }

  /** Starts to read a map that no header names yet, or whichever one there is. */
  static BlockMapReader open(ObjectKey key, InputStream stored) throws IOException {
    return open(key, stored, Optional.empty());
  }

  private static BlockMapReader open(
      ObjectKey key, InputStream stored, Optional<BackupHeader> owner) throws IOException {
    try {
      BlockMapReader reader = new BlockMapReader(key, new RememberingInput(stored), owner);
      reader.readFirstLine();
      return reader;
    } catch (IOException | RuntimeException e) {
      try (stored) {
        throw e;
      }
    }
  }

  private void readFirstLine() throws IOException {
    try {
      readLine();
    } catch (IOException e) {
      throw source.failureOr(corrupt("is no block map: " + e.getMessage()));
    }
    if (!text().equals(BlockMapWriter.FIRST_LINE)) {
      throw corrupt(
          "starts with '%s', expected '%s': another format, or a newer one"
              .formatted(text().replaceAll("[^ -~]", "?"), BlockMapWriter.FIRST_LINE));
    }
    digestLine();
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public Optional<BlockRef> next() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    try {
      readLine();
    } catch (IOException e) {
      throw source.failureOr(
          corrupt("is damaged after %s blocks: %s".formatted(blocks, e.getMessage())));
    }
    String[] words = text().split(" ", -1);
    if (words.length == 3 && words[0].equals(BlockMapWriter.LAST_WORD)) {
      finish(words[1], words[2]);
      return Optional.empty();
    }
    digestLine();
    BlockRef block;
    try {
      if (words.length != 3) {
        throw new IllegalArgumentException("expected an offset, a length and a name");
      }
      block = new BlockRef(Long.parseLong(words[0]), Integer.parseInt(words[1]), words[2]);
    } catch (IllegalArgumentException e) {
      throw corrupt("has no block in line %s: %s".formatted(blocks + 2, e.getMessage()));
    }
    if (block.offsetBytes() < endBytes || block.endBytes() < block.offsetBytes()) {
      throw corrupt(
          "has a block at %s, behind one that ends at %s".formatted(block.offsetBytes(), endBytes));
    }
    endBytes = block.endBytes();
    blocks++;
    return Optional.of(block);
  }

  private void finish(String count, String hash) throws IOException {
    if (!count.equals(Long.toString(blocks))) {
      throw corrupt("holds %s blocks, expected %s".formatted(blocks, count));
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    if (!actual.equals(hash)) {
      throw corrupt("has the SHA-256 %s, expected %s".formatted(actual, hash));
    }
    MapSeal seal = new MapSeal(blocks, actual);
    if (owner.isPresent() && !owner.get().map().equals(Optional.of(seal))) {
      throw corrupt(
          "is a map of %s, expected %s as %s says: it is another backup's"
              .formatted(seal, owner.get().map().orElseThrow(), owner.get().key()));
    }
    int more;
    try {
      more = in.read();
    } catch (IOException e) {
      throw source.failureOr(corrupt("is damaged behind its end: " + e.getMessage()));
    }
    if (more >= 0) {
      throw corrupt("goes on behind its end");
    }
    ended = true;
  }

  private void readLine() throws IOException {
    lineLength = 0;
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("it is cut off");
      }
      if (b == '\n') {
        return;
      }
      if (lineLength == MAX_LINE) {
        throw new IOException("a line is longer than %s bytes".formatted(MAX_LINE));
      }
      line[lineLength++] = (byte) b;
    }
  }

  private String text() {
    return new String(line, 0, lineLength, US_ASCII);
  }

  private void digestLine() {
    digest.update(line, 0, lineLength);
    digest.update((byte) '\n');
  }

  private CorruptDataException corrupt(String what) {
    return new CorruptDataException("%s %s".formatted(key, what));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
