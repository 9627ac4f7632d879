package io.convoy.cli;

import io.convoy.cli.Terminal.Style;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the daemon tells of itself, as a page. */
final class InfoPage {
  private static final int COLUMN = 26;
  private static final Set<String> TROUBLES = Set.of("Problem", "Problems", "Warning");

  private InfoPage() {}

  static String of(JsonObject info, Terminal terminal) {
    StringBuilder text = new StringBuilder();
    info.objects()
        .forEach(
            (name, section) -> {
              text.append(text.isEmpty() ? "" : "\n");
              text.append(terminal.styled(title(name), Style.BOLD)).append('\n');
              section.fields().forEach((key, value) -> text.append(line(key, value, terminal)));
            });
    return text.toString();
  }

  private static String title(String name) {
    return name.equals("General") ? "Daemon" : "Driver " + name;
  }

  private static String line(String key, Object value, Terminal terminal) {
    String shown = value instanceof List<?> list ? join(key, list) : shown(key, value);
    if (shown.isEmpty()) {
      return "";
    }
    String label = words(key);
    String line =
        "  %s%s%s".formatted(label, " ".repeat(Math.max(1, COLUMN - label.length())), shown);
    return terminal.styled(line, TROUBLES.contains(key) ? Style.RED : Style.PLAIN) + "\n";
  }

  /** Lists of names stand on one line, problems one below the other. */
  private static String join(String key, List<?> list) {
    return list.stream()
        .map(element -> Table.printable(String.valueOf(element)))
        .collect(Collectors.joining(TROUBLES.contains(key) ? "\n" + " ".repeat(COLUMN + 2) : ", "));
  }

  private static String shown(String key, Object value) {
    String text = Table.printable(String.valueOf(value));
    if (isSize(key) && text.matches("\\d+")) {
      return text.equals("0")
          ? "0 B"
          : HumanText.size(new JsonObject(Map.of(key, text)).number(key));
    }
    return switch (text) {
      case "true" -> "yes";
      case "false" -> "no";
      default -> text;
    };
  }

  private static boolean isSize(String key) {
    return List.of("Size", "Bytes", "Used", "Free").stream().anyMatch(key::endsWith);
  }

  /** Returns {@code Default volume size} for {@code DefaultVolumeSize}. */
  private static String words(String key) {
    String words =
        key.replaceAll("(?<=[a-z])(?=[A-Z])", " ").replaceAll(" (Bytes|FD)$", "").strip();
    StringBuilder text = new StringBuilder();
    for (String word : words.split(" ", -1)) {
      boolean first = text.isEmpty();
      boolean acronym = word.equals(word.toUpperCase(Locale.ROOT));
      text.append(first ? "" : " ").append(first || acronym ? word : word.toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }
}
