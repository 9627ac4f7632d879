package io.convoy.cli.lines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages in {@code docs/troubleshooting.md} are those that the programs have. */
final class TroubleshootingTest {
  private static final Path DOCUMENT = Path.of("../docs/troubleshooting.md");
  private static final Pattern MESSAGE = Pattern.compile("(?m)^\\*\\*`(?<message>.*?)`\\*\\*");

  @Test
  void messages_ofTheDocument_areInThePrograms() throws IOException {
    List<String> classes = classes();
    Matcher message = MESSAGE.matcher(Files.readString(DOCUMENT));
    List<String> unknown = new ArrayList<>();
    int count = 0;
    while (message.find()) {
      count++;
      // With the values filled in by String.format, or by MessageFormat, which doubles quotes.
      Pattern pattern = pattern(message.group("message"), "%[0-9$]*[sd]");
      Pattern logged = pattern(message.group("message").replace("'", "''"), "\\{[0-9]}");
      if (classes.stream()
          .noneMatch(text -> pattern.matcher(text).find() || logged.matcher(text).find())) {
        unknown.add(message.group("message"));
      }
    }
    assertThat(count).isGreaterThan(25);
    assertThat(unknown).as("messages that no program has").isEmpty();
  }

  private static Pattern pattern(String message, String value) {
    // A percent sign in a message is two in its format.
    List<String> parts =
        Stream.of(message.split("…", -1))
            .map(part -> part.isEmpty() ? "" : Pattern.quote(part).replace("%", "\\E%%?\\Q"))
            .toList();
    return Pattern.compile(String.join("(?:" + value + ")?.{0,120}?", parts), Pattern.DOTALL);
  }

  /** Returns the classes as texts: the compiler has put their texts together. */
  private static List<String> classes() throws IOException {
    List<String> classes = new ArrayList<>();
    try (Stream<Path> files =
        Files.find(
            Path.of(".."),
            12,
            (file, attributes) ->
                file.toString().endsWith(".class")
                    && file.toString().contains("/target/classes/io/convoy/"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        classes.add(new String(Files.readAllBytes(file), UTF_8));
      }
    }
    assertThat(classes).hasSizeGreaterThan(300);
    return classes;
  }
}
