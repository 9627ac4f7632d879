package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.convoy.core.CorruptDataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveSparseEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * The headers of one entry of an archive, and what has to be known to check it.
 *
 * <p>The library parses each header record. It does not read the whole archive, because it can't
 * what GNU tar writes: its reader of archives ends at files of 2 GiB with holes, takes names of
 * other bytes than UTF-8 for the same, and takes the slash off the start of absolute ones.
 *
 * @param bytes all the header records
 * @param type as in {@link TarConstants}
 * @param name each character is a byte
 * @param linkName likewise; empty if it has none
 * @param dataBytes how much data follows, without padding
 */
record EntryHeaders(ByteBuffer bytes, byte type, String name, String linkName, long dataBytes) {
  private static final int RECORD_BYTES = TarConstants.DEFAULT_RCDSIZE;
  private static final int MAX_EXTENSION_BYTES = 256 * 1024 * 1024;
  private static final ZipEncoding BYTES = ZipEncodingHelper.getZipEncoding(ISO_8859_1.name());

  /**
   * Reads the headers of the next entry.
   *
   * @return empty at the mark of the end, which is read too
   * @throws CorruptDataException if they are cut or damaged, or one is for all following entries
   */
  static Optional<EntryHeaders> read(InputStream archive) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Map<String, String> extended = new HashMap<>();
    while (true) {
      byte[] record = readFully(archive, RECORD_BYTES);
      if (isZero(record)) {
        if (bytes.size() > 0 || !isZero(readFully(archive, RECORD_BYTES))) {
          throw new CorruptDataException("the archive is damaged: zeros in place of a header");
        }
        return Optional.empty();
      }
      bytes.write(record);
      TarArchiveEntry entry = parse(record);
      if (!extend(archive, entry, bytes, extended)) {
        if (entry.isOldGNUSparse() && entry.isExtended()) {
          readMapOfHoles(archive, bytes);
        }
        return Optional.of(
            new EntryHeaders(
                ByteBuffer.wrap(bytes.toByteArray()),
                entry.getLinkFlag(),
                extended.getOrDefault(
                    "GNU.sparse.name", extended.getOrDefault("path", entry.getName())),
                extended.getOrDefault("linkpath", entry.getLinkName()),
                extended.containsKey("size")
                    ? parseLength(extended.get("size"))
                    : entry.getSize()));
      }
    }
  }

  /** Returns how many bytes of the archive the data takes, with padding. */
  long paddedDataBytes() {
    return padded(dataBytes);
  }

  private static long padded(long bytes) {
    return (bytes + RECORD_BYTES - 1) / RECORD_BYTES * RECORD_BYTES;
  }

  private static TarArchiveEntry parse(byte[] record) throws CorruptDataException {
    try {
      if (!TarUtils.verifyCheckSum(record)) {
        throw new CorruptDataException("the archive is damaged: a header has a wrong checksum");
      }
      TarArchiveEntry entry = new TarArchiveEntry(record, BYTES);
      if (entry.getSize() < 0 || entry.getSize() > Long.MAX_VALUE - RECORD_BYTES) {
        throw new CorruptDataException("the archive is damaged: an impossible length");
      }
      return entry;
    } catch (CorruptDataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CorruptDataException("the archive is damaged: " + e.getMessage(), e);
    }
  }

  /** Reads what belongs to a header that is about the next one; false if it is no such header. */
  private static boolean extend(
      InputStream archive,
      TarArchiveEntry header,
      ByteArrayOutputStream bytes,
      Map<String, String> extended)
      throws IOException {
    byte type = header.getLinkFlag();
    if (type == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER) {
      throw new CorruptDataException(
          "the archive has a header for all its entries, which no archive of Convoy has");
    }
    if (type != TarConstants.LF_GNUTYPE_LONGNAME
        && type != TarConstants.LF_GNUTYPE_LONGLINK
        && type != TarConstants.LF_PAX_EXTENDED_HEADER_LC
        && type != TarConstants.LF_PAX_EXTENDED_HEADER_UC) {
      return false;
    }
    if (header.getSize() > MAX_EXTENSION_BYTES - bytes.size()) {
      throw new CorruptDataException(
          "the archive has a header of more than %s bytes".formatted(MAX_EXTENSION_BYTES));
    }
    byte[] padded = readFully(archive, (int) padded(header.getSize()));
    bytes.write(padded);
    String data = new String(padded, 0, (int) header.getSize(), ISO_8859_1);
    switch (type) {
      case TarConstants.LF_GNUTYPE_LONGNAME -> extended.put("path", untilNul(data));
      case TarConstants.LF_GNUTYPE_LONGLINK -> extended.put("linkpath", untilNul(data));
      default -> parsePax(data, extended);
    }
    return true;
  }

  private static void readMapOfHoles(InputStream archive, ByteArrayOutputStream bytes)
      throws IOException {
    TarArchiveSparseEntry more;
    do {
      byte[] record = readFully(archive, RECORD_BYTES);
      bytes.write(record);
      try {
        more = new TarArchiveSparseEntry(record);
      } catch (IOException | RuntimeException e) {
        throw new CorruptDataException("the archive is damaged: " + e.getMessage(), e);
      }
    } while (more.isExtended());
  }

  private static String untilNul(String text) {
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }

  /** Reads {@code "<length of the record> <keyword>=<value>\n"} to the end; the last one counts. */
  private static void parsePax(String data, Map<String, String> extended)
      throws CorruptDataException {
    int at = 0;
    while (at < data.length()) {
      int blank = data.indexOf(' ', at);
      int equals = data.indexOf('=', at);
      if (blank < 0 || equals < blank) {
        throw new CorruptDataException("the archive is damaged: a header without a keyword");
      }
      long end = at + parseLength(data.substring(at, blank));
      if (end > data.length() || end - 1 <= equals) {
        throw new CorruptDataException("the archive is damaged: a header of a wrong length");
      }
      extended.put(data.substring(blank + 1, equals), data.substring(equals + 1, (int) end - 1));
      at = (int) end;
    }
  }

  private static long parseLength(String digits) throws CorruptDataException {
    if (!digits.matches("[0-9]{1,18}")) {
      throw new CorruptDataException("the archive is damaged: a header without a length");
    }
    return Long.parseLong(digits);
  }

  private static byte[] readFully(InputStream archive, int length) throws IOException {
    byte[] bytes = archive.readNBytes(length);
    if (bytes.length < length) {
      throw new CorruptDataException("the archive is cut: it ends without the mark of its end");
    }
    return bytes;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
