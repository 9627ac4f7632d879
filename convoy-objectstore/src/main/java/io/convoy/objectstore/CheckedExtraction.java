package io.convoy.objectstore;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.convoy.core.CorruptDataException;
import io.convoy.core.process.RunningCommand;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
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
      RememberingInput source = new RememberingInput(archive);
      feed(source, new HeldInput(source, toTar));
      requireZerosToTheEnd(archive);
      try {
        toTar.write(END_OF_ARCHIVE);
        toTar.close();
      } catch (IOException e) {
        throw new HeldInput.OutputFailedException(e);
      }
    } catch (HeldInput.OutputFailedException e) {
      throw whyTarEnded(tar, e);
    }
    tar.waitForSuccess();
  }

  private void feed(RememberingInput source, HeldInput held) throws IOException {
    // Not closed: that would close the caller's stream.
    TarArchiveInputStream entries =
        new TarArchiveInputStream(
            held,
            TarConstants.DEFAULT_BLKSIZE,
            TarConstants.DEFAULT_RCDSIZE,
            ISO_8859_1.name(),
            false);
    long dataEnd = 0;
    while (true) {
      Optional<TarArchiveEntry> next = next(entries, source, held);
      if (next.isEmpty()) {
        requireEndMark(held, dataEnd);
        return;
      }
      TarArchiveEntry entry = next.get();
      EntryNames names = EntryNames.of(held.held(), entry);
      rules.check(entry, names);
      dataEnd = held.position() + EntryNames.roundUp(entry.getSize());
      if (!withDevices && (entry.isCharacterDevice() || entry.isBlockDevice())) {
        LOG.log(
            WARNING, "the device node '" + names.name() + "' is left out; only root makes them");
        held.drop();
      } else {
        held.passUntil(dataEnd);
      }
    }
  }

  private static Optional<TarArchiveEntry> next(
      TarArchiveInputStream entries, RememberingInput source, HeldInput held) throws IOException {
    try {
      return Optional.ofNullable(entries.getNextEntry());
    } catch (HeldInput.OutputFailedException | CorruptDataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw source.failureOr(
          new CorruptDataException(
              "the archive is cut or damaged before byte %s: %s"
                  .formatted(held.position(), e.getMessage()),
              e));
    }
  }

  /** Without the mark, an archive that was cut between two entries would look whole. */
  private static void requireEndMark(HeldInput held, long dataEnd) throws CorruptDataException {
    byte[] rest = held.held();
    if (held.position() - rest.length != dataEnd || rest.length < END_OF_ARCHIVE.length) {
      throw new CorruptDataException(
          "the archive is cut: it ends after %s bytes, without the mark of its end"
              .formatted(held.position()));
    }
    requireZeros(rest, rest.length);
  }

  private static void requireZerosToTheEnd(InputStream archive) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = archive.read(buffer); n >= 0; n = archive.read(buffer)) {
      requireZeros(buffer, n);
    }
  }

  private static void requireZeros(byte[] bytes, int length) throws CorruptDataException {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != 0) {
        throw new CorruptDataException("the archive is followed by something else");
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
}
