package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.CorruptDataException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Refuses the entries of an archive by which something outside of the target could be touched.
 *
 * <p>Symbolic links may point anywhere; nothing may be put, and no hard link made, through one.
 */
final class EntryRules {
  private final Set<String> symbolicLinks = new HashSet<>();

  /** Checks the next entry of the archive. */
  void check(EntryHeaders entry) throws CorruptDataException {
    String name = plain(entry.name(), entry.name(), "is named so");
    refuseThroughLink(name, entry.name(), true);
    switch (entry.type()) {
      case TarConstants.LF_OLDNORM,
          TarConstants.LF_NORMAL,
          TarConstants.LF_CONTIG,
          TarConstants.LF_GNUTYPE_SPARSE -> {
        return;
      }
      case TarConstants.LF_LINK -> checkHardLink(name, entry);
      case TarConstants.LF_SYMLINK -> symbolicLinks.add(name);
      case TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_DIR, TarConstants.LF_FIFO -> {
        // Nothing but a name.
      }
      default ->
          throw refused(entry.name(), "is of the unknown type %s".formatted((int) entry.type()));
    }
    if (entry.dataBytes() != 0) {
      // Readers differ in whether such data is there, and so in where the next header is.
      throw refused(entry.name(), "has data, but is no file");
    }
  }

  private void checkHardLink(String name, EntryHeaders entry) throws CorruptDataException {
    String target = plain(entry.linkName(), entry.name(), "is a hard link to '%s'");
    refuseThroughLink(target, entry.name(), false);
    if (symbolicLinks.contains(target)) {
      symbolicLinks.add(name);
    }
  }

  /** Returns the name without what does not count, after checking that it stays inside. */
  private static String plain(String name, String entry, String what) throws CorruptDataException {
    List<String> parts = new ArrayList<>();
    if (name.startsWith("/")) {
      throw refused(entry, what.formatted(readable(name)) + ", an absolute name");
    }
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw refused(entry, what.formatted(readable(name)) + ", which is no name");
    }
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw refused(entry, what.formatted(readable(name)) + ", which leads out by '..'");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  private void refuseThroughLink(String name, String entry, boolean wholeToo)
      throws CorruptDataException {
    for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
      if (symbolicLinks.contains(name.substring(0, end))) {
        throw refused(
            entry,
            "leads through the symbolic link '%s'".formatted(readable(name.substring(0, end))));
      }
    }
    if (wholeToo && symbolicLinks.contains(name)) {
      throw refused(entry, "comes a second time, after a symbolic link of that name");
    }
  }

  private static CorruptDataException refused(String name, String why) {
    return new CorruptDataException(
        "the archive's entry '%s' is refused: it %s".formatted(readable(name), why));
  }

  /** Returns the bytes as text of one line. */
  private static String readable(String bytes) {
    return new String(bytes.getBytes(ISO_8859_1), UTF_8).replaceAll("\\p{Cntrl}", "?");
  }
}
