package io.convoy.cli;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.Parameters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is said of a command by help, by the manual and by completion.
 *
 * @param purpose one sentence without its full stop
 * @param arguments what stands behind the name, such as {@code <volume> <size>}
 * @param argumentNote empty if there are none
 * @param examples whole command lines
 * @param flags its own flags, in order of name
 */
record Explanation(
    String name,
    String purpose,
    String arguments,
    String argumentNote,
    List<String> examples,
    List<Flag> flags) {
  private static final Pattern PLACEHOLDER = Pattern.compile("<([^>]+)>");

  /**
   * A flag.
   *
   * @param names with their dashes
   * @param placeholder what its value is, empty if it takes none
   */
  record Flag(List<String> names, String placeholder, String description) {
    /** Returns {@code --size <size>}. */
    String spelling() {
      return String.join(", ", names) + (placeholder.isEmpty() ? "" : " <" + placeholder + ">");
    }
  }

  static Explanation of(String name) {
    Command command = CommandTable.create(name);
    Usage usage = command.getClass().getAnnotation(Usage.class);
    JCommander parser = parser(command);
    return new Explanation(
        name,
        command.getClass().getAnnotation(Parameters.class).commandDescription(),
        usage.arguments(),
        parser.getMainParameterValue() == null
            ? ""
            : parser.getMainParameterValue().getDescription(),
        List.of(usage.examples()),
        flags(parser));
  }

  static List<Flag> globalFlags() {
    return flags(parser(new GlobalOptions()));
  }

  private static JCommander parser(Object object) {
    JCommander parser = JCommander.newBuilder().addObject(object).build();
    // Only this makes JCommander look at the fields.
    parser.parseWithoutValidation();
    return parser;
  }

  private static List<Flag> flags(JCommander parser) {
    return parser.getParameters().stream()
        .sorted(Comparator.comparing(flag -> flag.getParameter().names()[0]))
        .map(
            flag ->
                new Flag(
                    List.of(flag.getParameter().names()), placeholder(flag), description(flag)))
        .toList();
  }

  private static String placeholder(ParameterDescription flag) {
    String field = flag.getParameterized().getName();
    try {
      Placeholder placeholder =
          flag.getObject().getClass().getDeclaredField(field).getAnnotation(Placeholder.class);
      return placeholder == null ? "" : placeholder.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String description(ParameterDescription flag) {
    String said = flag.getParameterAnnotation().defaultValueDescription();
    String value =
        said.isEmpty() && flag.getDefault() instanceof String given && !given.isEmpty()
            ? given
            : said;
    return flag.getDescription() + (value.isEmpty() ? "" : " (default: %s)".formatted(value));
  }

  /** Returns the whole command line: {@code convoy create [<flags>] [<volume>]}. */
  String synopsis() {
    return ("convoy " + name + " [<flags>] " + arguments).strip();
  }

  /** Returns what the arguments are: {@code volume} and {@code size}. */
  List<String> argumentPlaceholders() {
    List<String> placeholders = new ArrayList<>();
    for (Matcher matcher = PLACEHOLDER.matcher(arguments); matcher.find(); ) {
      placeholders.add(matcher.group(1));
    }
    return placeholders;
  }

  /** Returns the kinds of values that need a note, those of the arguments first. */
  Set<String> notedValues() {
    Set<String> values = new LinkedHashSet<>(argumentPlaceholders());
    flags.forEach(flag -> values.add(flag.placeholder()));
    values.removeIf(value -> ValueNotes.of(value).isEmpty());
    return values;
  }
}
