package io.convoy.cli;

import io.convoy.core.ByteSize;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** One event as people read it. */
final class EventLine {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final int KIND_WIDTH = 18;

  private EventLine() {}

  /** Returns the time here, what happened, to which volume, and what there is to tell of it. */
  static String of(JsonObject event, Terminal terminal) {
    String kind = event.text("Event");
    String text = Table.printable(kind.replace('-', ' '));
    StringBuilder line = new StringBuilder(time(event.text("Time"))).append("  ");
    line.append(terminal.styled(text, style(kind)));
    line.append(" ".repeat(Math.max(1, KIND_WIDTH - text.length())));
    line.append(Table.printable(String.join("  ", details(event))));
    return line.toString().stripTrailing();
  }

  private static String time(String text) {
    try {
      return TIME.format(Instant.parse(text).atZone(ZoneId.systemDefault()));
    } catch (DateTimeParseException e) {
      // As it is: it says more than nothing.
      return Table.printable(text);
    }
  }

  private static Terminal.Style style(String kind) {
    if (kind.endsWith("-failed")) {
      return Terminal.Style.RED;
    }
    return kind.equals("warning") ? Terminal.Style.YELLOW : Terminal.Style.PLAIN;
  }

  private static List<String> details(JsonObject event) {
    List<String> details = new ArrayList<>();
    for (String key : List.of("Volume", "Snapshot")) {
      if (event.has(key)) {
        details.add(event.text(key));
      }
    }
    if (event.has("Size")) {
      details.add("to " + HumanText.size(event.number("Size")));
    }
    OptionalLong stored = event.number("StoredBytes");
    OptionalLong content = event.number("ContentBytes");
    if (stored.isPresent() && content.isPresent()) {
      details.add(
          "%s stored of %s"
              .formatted(new ByteSize(stored.getAsLong()), new ByteSize(content.getAsLong())));
    }
    if (event.has("Millis")) {
      details.add("in %.1f s".formatted(event.number("Millis").orElse(0) / 1000.0));
    }
    if (event.has("Message")) {
      details.add(event.text("Message"));
    }
    if (!event.text("Message").contains(event.text("BackupURL"))) {
      details.add(event.text("BackupURL"));
    }
    return details;
  }
}
