package io.convoy.objectstore;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.CorruptDataException;
import io.convoy.core.process.RunningCommand;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Feeds an archive to a tar that extracts it, entry by entry, each one only after it was checked.
 * tar's own refusals, which stay on, are the second fence.
 */
final class CheckedExtraction {
  private static final System.Logger LOG = System.getLogger(CheckedExtraction.class.getName());
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final byte[] END_OF_ARCHIVE = new byte[2 * TarConstants.DEFAULT_RCDSIZE];

  private final boolean withDevices;
  private final EntryRules rules = new EntryRules();
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /**
   * Makes one for one archive.
   *
   * @param withDevices whether device nodes are made; else they are left out, and logged
   */
  CheckedExtraction(boolean withDevices) {
    this.withDevices = withDevices;
  }

  /** Moves the whole archive and waits until tar is done with it. */
  void run(InputStream archive, RunningCommand tar) throws IOException {
    try {
      OutputStream toTar = new BufferedOutputStream(tar.standardInput(), BUFFER_BYTES);
      for (Optional<EntryHeaders> entry = EntryHeaders.read(archive);
          entry.isPresent();
          entry = EntryHeaders.read(archive)) {
        move(entry.get(), archive, toTar);
      }
      requireZerosToTheEnd(archive);
      write(toTar, END_OF_ARCHIVE, END_OF_ARCHIVE.length);
      close(toTar);
    } catch (OutputFailedException e) {
      throw whyTarEnded(tar, e);
    }
    tar.waitForSuccess();
  }

  private void move(EntryHeaders entry, InputStream archive, OutputStream toTar)
      throws IOException {
    rules.check(entry);
    if (!withDevices && isDevice(entry)) {
      LOG.log(WARNING, "left out, since only root makes device nodes: " + entry.name());
      return;
    }
    write(toTar, entry.bytes().array(), entry.bytes().remaining());
    long left = entry.paddedDataBytes();
    while (left > 0) {
      int n = archive.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new CorruptDataException(
            "the archive is cut: %s bytes of its last file are missing".formatted(left));
      }
      write(toTar, buffer, n);
      left -= n;
    }
  }

  private static boolean isDevice(EntryHeaders entry) {
    return entry.type() == TarConstants.LF_CHR || entry.type() == TarConstants.LF_BLK;
  }

  private static void write(OutputStream toTar, byte[] bytes, int length)
      throws OutputFailedException {
    try {
      toTar.write(bytes, 0, length);
    } catch (IOException e) {
      throw new OutputFailedException(e);
    }
  }

  private static void close(OutputStream toTar) throws OutputFailedException {
    try {
      toTar.close();
    } catch (IOException e) {
      throw new OutputFailedException(e);
    }
  }

  private void requireZerosToTheEnd(InputStream archive) throws IOException {
    for (int n = archive.read(buffer); n >= 0; n = archive.read(buffer)) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] != 0) {
          throw new CorruptDataException("the archive is followed by something else");
        }
      }
    }
  }

  /** A tar that ended before its input did says why; that its input broke then says nothing. */
  private static IOException whyTarEnded(RunningCommand tar, IOException broken) {
    try {
      try (OutputStream input = tar.standardInput()) {
        input.flush();
      } catch (IOException e) {
        broken.addSuppressed(e);
      }
      tar.waitForSuccess();
      return broken;
    } catch (IOException e) {
      e.addSuppressed(broken);
      return e;
    }
  }

  /** tar does not take its input, which says nothing about the archive. */
  private static final class OutputFailedException extends IOException {
    private static final long serialVersionUID = 1;

    OutputFailedException(IOException cause) {
      super(cause);
    }
  }
}
