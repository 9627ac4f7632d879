package io.convoy.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What each stage of a block's way costs on one processor. An operation is a block of 2 MiB, so
 * twice the score, in operations a second, is MiB/s.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BlockStagesBenchmark {
  private static final int BLOCK_BYTES = BlockBackup.BLOCK_BYTES;
  private static final int MAX_BLOCKS = 64;

  /** An image whose first blocks that are not all zeros are used; made-up ones if it is empty. */
  @Param("")
  public String image;

  @Param({"ZSTD", "LZ4"})
  public String compression;

  private ByteBuffer[] blocks;
  private ByteBuffer[] stored;
  private BlockEncoder encoder;
  private ByteBuffer room;
  private ByteBuffer content;
  private int next;

  /** Makes or reads the blocks. */
  @Setup
  public void open() throws IOException {
    blocks = image.isEmpty() ? madeUp() : read(Path.of(image));
    encoder = new BlockEncoder(Compression.valueOf(compression));
    room = ByteBuffer.allocateDirect(BlockEncoder.maxStoredBytes(BLOCK_BYTES));
    content = ByteBuffer.allocateDirect(BLOCK_BYTES);
    stored = new ByteBuffer[blocks.length];
    for (int i = 0; i < blocks.length; i++) {
      ByteBuffer encoded = encoder.compress(blocks[i], room.clear()).orElse(blocks[i]);
      stored[i] = ByteBuffer.allocateDirect(encoded.remaining()).put(encoded).flip();
    }
  }

  /** Gives the native memory back. */
  @TearDown
  public void close() {
    encoder.close();
  }

  /** Half of each is noise, the other half repeats itself a little. */
  private static ByteBuffer[] madeUp() {
    Random random = new Random(1);
    ByteBuffer[] made = new ByteBuffer[MAX_BLOCKS];
    byte[] word = new byte[16];
    for (int i = 0; i < made.length; i++) {
      made[i] = ByteBuffer.allocateDirect(BLOCK_BYTES);
      while (made[i].hasRemaining()) {
        if (random.nextBoolean()) {
          random.nextBytes(word);
        }
        made[i].put(word);
      }
      made[i].flip();
    }
    return made;
  }

  private static ByteBuffer[] read(Path image) throws IOException {
    ByteBuffer[] read = new ByteBuffer[MAX_BLOCKS];
    int count = 0;
    try (FileChannel channel = FileChannel.open(image)) {
      for (long at = 0; count < MAX_BLOCKS && at + BLOCK_BYTES <= channel.size(); ) {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        while (block.hasRemaining()) {
          at += channel.read(block, at);
        }
        if (!Zeros.isAllZeros(block.flip())) {
          read[count++] = block;
        }
      }
    }
    if (count < MAX_BLOCKS) {
      throw new IllegalArgumentException(
          "%s has %s blocks that hold something, expected %s".formatted(image, count, MAX_BLOCKS));
    }
    return read;
  }

  private int nextIndex() {
    next = (next + 1) % blocks.length;
    return next;
  }

  /** Looks for anything but zeros in a block of zeros. */
  @Benchmark
  public boolean zeros() {
    return Zeros.isAllZeros(content.clear());
  }

  /** Names a block after its content. */
  @Benchmark
  public String hash() {
    return BlockNaming.SHA_256.name(blocks[nextIndex()]);
  }

  /** Compresses a block. */
  @Benchmark
  public Optional<ByteBuffer> encode() {
    return encoder.compress(blocks[nextIndex()], room.clear());
  }

  /** Turns what is stored back into a block. */
  @Benchmark
  public ByteBuffer decode() {
    try {
      return BlockDecoder.decode(stored[nextIndex()], room.clear().limit(BLOCK_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
