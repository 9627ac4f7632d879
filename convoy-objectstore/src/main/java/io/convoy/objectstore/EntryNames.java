package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.convoy.core.CorruptDataException;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * The name and the link name of an archive's entry, byte for byte: each character is a byte.
 *
 * <p>The library that reads the archive decodes the names in extended headers as UTF-8, so that
 * names of other bytes may look alike, and takes the slash off the start of absolute ones. A check
 * that must not be fooled, and must not refuse what is right, needs them as they are.
 */
record EntryNames(String name, String linkName) {
  private static final int RECORD_BYTES = TarConstants.DEFAULT_RCDSIZE;
  private static final int SIZE_OFFSET =
      TarConstants.NAMELEN + TarConstants.MODELEN + TarConstants.UIDLEN + TarConstants.GIDLEN;

  /**
   * Returns the names of an entry.
   *
   * @param headers all the header records that made the entry
   * @param entry with the names of its own header record decoded as ISO 8859-1
   * @throws CorruptDataException if there is a header for all entries that follow, which no archive
   *     of Convoy's has, or they don't make sense
   */
  static EntryNames of(byte[] headers, TarArchiveEntry entry) throws CorruptDataException {
    Map<String, String> extended = new HashMap<>();
    int at = 0;
    while (true) {
      if (at + RECORD_BYTES > headers.length) {
        throw new CorruptDataException("the headers of an archive's entry are cut");
      }
      byte type = headers[at + TarConstants.LF_OFFSET];
      if (!isExtended(type)) {
        return new EntryNames(
            extended.getOrDefault(
                "GNU.sparse.name", extended.getOrDefault("path", entry.getName())),
            extended.getOrDefault("linkpath", entry.getLinkName()));
      }
      long size = TarUtils.parseOctalOrBinary(headers, at + SIZE_OFFSET, TarConstants.SIZELEN);
      int dataAt = at + RECORD_BYTES;
      if (size < 0 || size > headers.length - dataAt) {
        throw new CorruptDataException("an extended header of an archive is cut");
      }
      String data = new String(headers, dataAt, (int) size, ISO_8859_1);
      switch (type) {
        case TarConstants.LF_GNUTYPE_LONGNAME -> extended.put("path", untilNul(data));
        case TarConstants.LF_GNUTYPE_LONGLINK -> extended.put("linkpath", untilNul(data));
        case TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER ->
            throw new CorruptDataException("the archive has a header for all its entries");
        default -> parsePax(data, extended);
      }
      at = dataAt + (int) roundUp(size);
    }
  }

  /** Returns the length in the archive of so much data. */
  static long roundUp(long bytes) {
    return (bytes + RECORD_BYTES - 1) / RECORD_BYTES * RECORD_BYTES;
  }

  private static boolean isExtended(byte type) {
    return switch (type) {
      case TarConstants.LF_GNUTYPE_LONGNAME,
          TarConstants.LF_GNUTYPE_LONGLINK,
          TarConstants.LF_PAX_EXTENDED_HEADER_LC,
          TarConstants.LF_PAX_EXTENDED_HEADER_UC,
          TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER ->
          true;
      default -> false;
    };
  }

  private static String untilNul(String text) {
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }

  /**
   * Records are {@code "<length of the record> <keyword>=<value>\n"}; the last of a keyword counts.
   */
  private static void parsePax(String data, Map<String, String> extended)
      throws CorruptDataException {
    int at = 0;
    while (at < data.length()) {
      int blank = data.indexOf(' ', at);
      int equals = data.indexOf('=', at);
      int length = blank < 0 || blank - at > 9 ? 0 : parseLength(data.substring(at, blank));
      int end = at + length;
      if (equals < blank || end > data.length() || end - 1 <= equals) {
        throw new CorruptDataException("an extended header of an archive is damaged");
      }
      String keyword = data.substring(blank + 1, equals);
      if (keyword.equals("path")
          || keyword.equals("linkpath")
          || keyword.equals("GNU.sparse.name")) {
        extended.put(keyword, data.substring(equals + 1, end - 1));
      }
      at = end;
    }
  }

  private static int parseLength(String digits) throws CorruptDataException {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new CorruptDataException("an extended header of an archive is damaged", e);
    }
  }
}
