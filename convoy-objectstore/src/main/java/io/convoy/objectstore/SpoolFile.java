package io.convoy.objectstore;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;

/**
 * A file for what is written once and read a few times. It has no name as soon as it is open, so
 * that nothing is left of it however this process ends.
 */
final class SpoolFile implements AutoCloseable {
  private final FileChannel channel;

  private SpoolFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens an empty one, in the directory for temporary files. */
  static SpoolFile open() throws IOException {
    return new SpoolFile(
        FileChannel.open(Files.createTempFile("convoy-", ".spool"), READ, WRITE, DELETE_ON_CLOSE));
  }

  /** Returns a stream to the end of the file; closing it leaves the file open. */
  OutputStream append() throws IOException {
    channel.position(channel.size());
    OutputStream out = Channels.newOutputStream(channel);
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }
    };
  }

  /** Returns a stream from the start of the file, beside others that there may be. */
  InputStream read() {
    return new InputStream() {
      private long position;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        int count = channel.read(ByteBuffer.wrap(bytes, offset, length), position);
        position += Math.max(0, count);
        return count;
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
