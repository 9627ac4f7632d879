package io.convoy.devmapper;

import io.convoy.core.Extent;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the metadata of a running pool with the thin-provisioning tools. They need the pool to hold
 * a picture of it: see {@link ThinPool#holdMetadata}.
 */
final class ThinMetadata {
  private static final Duration LIST_LIMIT = Duration.ofMinutes(5);

  private final CommandRunner commands;
  private final Path device;
  private final long blockBytes;

  ThinMetadata(CommandRunner commands, Path device, long blockBytes) {
    this.commands = commands;
    this.device = device;
    this.blockBytes = blockBytes;
  }

  /** Returns the ids of all thin devices. */
  Set<Integer> thinIds() throws IOException {
    String output =
        commands.run(
            List.of("thin_ls", "--metadata-snap", "--no-headers", "--format", "DEV", device + ""),
            LIST_LIMIT);
    Set<Integer> ids = new TreeSet<>();
    for (String line : output.lines().map(String::strip).filter(s -> !s.isEmpty()).toList()) {
      try {
        ids.add(Integer.parseInt(line));
      } catch (NumberFormatException e) {
        throw new IOException(
            "thin_ls of %s printed '%s', expected a thin device's number".formatted(device, line),
            e);
      }
    }
    return ids;
  }

  /** Returns the extents that a thin device has blocks for. */
  List<Extent> mapped(int thinId, long sizeBytes) throws IOException {
    Blocks blocks = new Blocks(sizeBytes);
    parse(
        List.of("thin_dump", "--metadata-snap", "--dev-id", thinId + "", device.toString()),
        (element, xml) -> {
          switch (element) {
            case "single_mapping" -> blocks.add(number(xml, "origin_block"), 1);
            case "range_mapping" -> blocks.add(number(xml, "origin_begin"), number(xml, "length"));
            default -> {
              // What the mappings are in.
            }
          }
        });
    return blocks.extents();
  }

  /**
   * Two thin devices side by side.
   *
   * @param differences the extents in which they do not share their blocks
   * @param mapped the extents that the first one has blocks for
   */
  record Comparison(List<Extent> differences, List<Extent> mapped) {}

  /** Compares two thin devices. */
  Comparison compare(int thinId, int otherId, long sizeBytes) throws IOException {
    Blocks differences = new Blocks(sizeBytes);
    Blocks mapped = new Blocks(sizeBytes);
    parse(
        List.of(
            "thin_delta",
            "--metadata-snap",
            "--snap1",
            otherId + "",
            "--snap2",
            thinId + "",
            device.toString()),
        (element, xml) -> {
          boolean same = element.equals("same");
          boolean otherOnly = element.equals("left_only");
          boolean run =
              same || otherOnly || element.equals("different") || element.equals("right_only");
          // The other elements are what all this is in.
          if (run && !same) {
            differences.add(number(xml, "begin"), number(xml, "length"));
          }
          if (run && !otherOnly) {
            mapped.add(number(xml, "begin"), number(xml, "length"));
          }
        });
    return new Comparison(differences.extents(), mapped.extents());
  }

  /** Takes the elements of a tool's XML as they come. */
  private interface Elements {
    void start(String name, XMLStreamReader xml) throws IOException;
  }

  private void parse(List<String> argv, Elements elements) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try (RunningCommand tool = commands.start(argv)) {
      tool.standardInput().close();
      try {
        XMLStreamReader xml = factory.createXMLStreamReader(tool.standardOutput());
        while (xml.hasNext()) {
          if (xml.next() == XMLStreamConstants.START_ELEMENT) {
            elements.start(xml.getLocalName(), xml);
          }
        }
      } catch (XMLStreamException e) {
        // A tool that failed says why on its standard error.
        tool.waitForSuccess();
        throw new IOException(
            "'%s' printed something that is not XML: %s"
                .formatted(String.join(" ", argv), e.getMessage()),
            e);
      }
      tool.waitForSuccess();
    }
  }

  private static long number(XMLStreamReader xml, String attribute) throws IOException {
    String value = xml.getAttributeValue(null, attribute);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IOException(
          "<%s> has %s='%s', expected a number".formatted(xml.getLocalName(), attribute, value), e);
    }
  }

  /** Gathers runs of pool blocks, in order, as extents of a device; runs that touch become one. */
  private final class Blocks {
    private final long sizeBytes;
    private final List<Extent> extents = new ArrayList<>();
    private long begin;
    private long end;

    Blocks(long sizeBytes) {
      this.sizeBytes = sizeBytes;
    }

    void add(long firstBlock, long count) {
      long from = firstBlock * blockBytes;
      if (from != end) {
        flush();
        begin = from;
      }
      end = from + count * blockBytes;
    }

    private void flush() {
      // The last block may reach beyond the device.
      long last = Math.min(end, sizeBytes);
      if (last > begin) {
        extents.add(new Extent(begin, last - begin));
      }
    }

    List<Extent> extents() {
      flush();
      return List.copyOf(extents);
    }
  }
}
