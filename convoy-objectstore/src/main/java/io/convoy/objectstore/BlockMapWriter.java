package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Writes a block map as a stream: zstd over lines of text. The first line is {@code convoy-map 1},
 * then comes a line {@code <offset> <length> <name>} for each block in order of offset, and last
 * {@code end <number of blocks> <SHA-256 of all bytes before this line>}.
 */
final class BlockMapWriter implements AutoCloseable {
  static final String FIRST_LINE = "convoy-map 1";
  static final String LAST_WORD = "end";

  private final DigestOutputStream out;
  private long blocks;

  BlockMapWriter(OutputStream out) throws IOException {
    this.out = new DigestOutputStream(new ZstdOutputStream(out), sha256());
    line(FIRST_LINE);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void write(BlockRef block) throws IOException {
    line(block.offsetBytes() + " " + block.lengthBytes() + " " + block.name());
    blocks++;
  }

  /** Writes the last line, without which readers refuse the map, and returns what it says. */
  MapSeal finish() throws IOException {
    MapSeal seal = new MapSeal(blocks, HexFormat.of().formatHex(out.getMessageDigest().digest()));
    line(LAST_WORD + " " + seal.blocks() + " " + seal.sha256());
    return seal;
  }

  private void line(String text) throws IOException {
    out.write((text + "\n").getBytes(US_ASCII));
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
