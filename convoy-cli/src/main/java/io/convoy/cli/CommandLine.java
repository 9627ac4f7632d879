package io.convoy.cli;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.ParameterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What was typed: the command, with its flags and arguments filled in.
 *
 * <p>JCommander fills in the fields. Before that the words are brought into the one form that it
 * takes, because Convoy's users write flags as Go programs take them: before or after the argument,
 * with one dash or two, with {@code =} or a space.
 *
 * @param name the command's name, such as {@code backup create}; a group's name if nothing follows
 *     it; empty if there is none
 * @param command empty if the name is not a command's
 */
record CommandLine(String name, Optional<Command> command, GlobalOptions global) {
  /** The flags with a value that may stand before the command's last word. */
  private static final Set<String> EARLY_FLAGS_WITH_VALUE =
      Set.of("socket", "s", "s3-endpoint", "format");

  /** The flags without a value that may stand there. */
  private static final Set<String> EARLY_SWITCHES =
      Set.of("debug", "d", "verbose", "help", "h", "version", "v");

  /**
   * Flags that v0.5.2's documentation shows without the value that they take: the value to assume.
   */
  private static final Map<String, String> VALUE_IF_BARE = Map.of("list --driver", "1");

  /** The field of commands for what is no flag. */
  private static final String ARGUMENTS = "arguments";

  static CommandLine parse(List<String> arguments) throws MisuseException {
    List<String> rest = new ArrayList<>(arguments);
    String name = takeCommand(rest);
    GlobalOptions global = new GlobalOptions();
    if (CommandTable.COMMANDS.contains(name)) {
      Command plain = CommandTable.create(name);
      if (takes(plain, rest)) {
        return new CommandLine(name, Optional.of(plain), global);
      }
    }
    JCommander.Builder builder = JCommander.newBuilder().addObject(global).expandAtSign(false);
    Optional<Command> command =
        CommandTable.COMMANDS.contains(name)
            ? Optional.of(CommandTable.create(name))
            : Optional.empty();
    if (command.isPresent()) {
      builder.addObject(command.get());
    }
    JCommander parser = builder.build();
    parser.setAllowParameterOverwriting(true);
    try {
      // Only this makes JCommander look at the fields.
      parser.parseWithoutValidation();
      parser.parse(canonical(name, rest, flags(parser)).toArray(String[]::new));
    } catch (ParameterException e) {
      throw new MisuseException(misuse(name, rest, e));
    }
    return new CommandLine(name, command, global);
  }

  /**
   * Gives a command its arguments, if there are no flags among them. That needs no JCommander,
   * whose loading and reading of annotations is a quarter of a command's time: {@code convoy list}
   * and {@code convoy inspect vol1} do without.
   */
  @SuppressWarnings("unchecked")
  private static boolean takes(Command command, List<String> words) {
    for (String word : words) {
      if (word.startsWith("-")) {
        return false;
      }
    }
    if (words.isEmpty()) {
      return true;
    }
    try {
      ((List<String>) command.getClass().getDeclaredField(ARGUMENTS).get(command)).addAll(words);
      return true;
    } catch (NoSuchFieldException e) {
      // It takes none, which JCommander says.
      return false;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String misuse(String name, List<String> rest, ParameterException e) {
    // JCommander's own sentence when an argument is given to a command that takes none
    if (e.getMessage().contains("no main parameter")) {
      return name.isEmpty()
          ? "'%s' is not understood".formatted(String.join(" ", rest))
          : "'convoy %s' takes no argument, but was given '%s'"
              .formatted(name, String.join(" ", rest));
    }
    return e.getMessage();
  }

  /** Takes the words of the command's name out of the arguments and returns them. */
  private static String takeCommand(List<String> arguments) throws MisuseException {
    String name = "";
    ListIterator<String> rest = arguments.listIterator();
    while (rest.hasNext()) {
      String word = rest.next();
      if (isFlag(word)) {
        boolean withValue = EARLY_FLAGS_WITH_VALUE.contains(flagName(word));
        if (!withValue && !EARLY_SWITCHES.contains(flagName(word))) {
          throw unknownEarlyFlag(name, word);
        }
        if (withValue && word.indexOf('=') < 0 && rest.hasNext()) {
          rest.next();
        }
        continue;
      }
      List<String> known = CommandTable.words(name);
      String full = word.equals("h") ? "help" : word;
      if (!known.contains(full)) {
        // 'convoy backup help create' is 'convoy help backup create', as in v0.5.2.
        if (full.equals("help")) {
          rest.set(name);
          return "help";
        }
        throw unknownCommand(name, word, known);
      }
      rest.remove();
      name = name.isEmpty() ? full : name + " " + full;
      if (!CommandTable.GROUPS.contains(name)) {
        return name;
      }
    }
    return name;
  }

  private static MisuseException unknownCommand(String group, String word, List<String> known) {
    return new MisuseException(
        "There is no command 'convoy %s'%s ('convoy %s' shows those there are)"
            .formatted(
                group.isEmpty() ? word : group + " " + word,
                Spelling.hint(word, known),
                group.isEmpty() ? "help" : "help " + group));
  }

  /** Returns the flags by their names without dashes. */
  private static Map<String, ParameterDescription> flags(JCommander parser) {
    Map<String, ParameterDescription> flags = new LinkedHashMap<>();
    for (ParameterDescription description : parser.getParameters()) {
      for (String name : description.getParameter().names()) {
        flags.put(flagName(name), description);
      }
    }
    return flags;
  }

  /**
   * Returns the flags, each as {@code --name} and its value as a word of its own, then the rest.
   */
  private static List<String> canonical(
      String command, List<String> words, Map<String, ParameterDescription> flags)
      throws MisuseException {
    List<String> canonical = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    ListIterator<String> rest = words.listIterator();
    while (rest.hasNext()) {
      String word = rest.next();
      if (word.equals("--")) {
        rest.forEachRemaining(arguments::add);
      } else if (!isFlag(word)) {
        arguments.add(word);
      } else {
        ParameterDescription flag = flags.get(flagName(word));
        if (flag == null) {
          throw unknownFlag(command, word, flags);
        }
        String spelling = flag.getParameter().names()[0];
        if (!isSwitch(flag)) {
          canonical.add(spelling);
          canonical.add(value(command, word, spelling, rest, flags));
        } else if (switchValue(word)) {
          canonical.add(spelling);
        }
      }
    }
    if (!arguments.isEmpty()) {
      canonical.add("--");
      canonical.addAll(arguments);
    }
    return canonical;
  }

  /** Returns a flag's value: what stands behind its {@code =}, else the next word. */
  private static String value(
      String command,
      String word,
      String spelling,
      ListIterator<String> rest,
      Map<String, ParameterDescription> flags)
      throws MisuseException {
    int equals = word.indexOf('=');
    if (equals >= 0) {
      return word.substring(equals + 1);
    }
    if (rest.hasNext()) {
      String next = rest.next();
      if (!isFlag(next) || !flags.containsKey(flagName(next))) {
        return next;
      }
      rest.previous();
    }
    String whole = command.isEmpty() ? "convoy" : "convoy " + command;
    String bare = VALUE_IF_BARE.get(command + " " + spelling);
    if (bare == null) {
      throw new MisuseException(
          "%s needs a value: expected '%s <value>' ('%s --help' explains it)"
              .formatted(word, spelling, whole));
    }
    return bare;
  }

  private static MisuseException unknownFlag(
      String command, String word, Map<String, ParameterDescription> flags) {
    int equals = word.indexOf('=');
    String given = equals < 0 ? word : word.substring(0, equals);
    List<String> names = flags.keySet().stream().filter(name -> name.length() > 1).toList();
    String hint =
        Spelling.nearest(flagName(word), names).map("; did you mean '--%s'?"::formatted).orElse("");
    String whose = command.isEmpty() ? "convoy" : "convoy " + command;
    return new MisuseException(
        "'%s' has no flag '%s'%s ('%s --help' shows those there are)"
            .formatted(whose, given, hint, whose));
  }

  private static MisuseException unknownEarlyFlag(String command, String word) {
    List<String> names =
        Stream.concat(EARLY_FLAGS_WITH_VALUE.stream(), EARLY_SWITCHES.stream())
            .filter(name -> name.length() > 1)
            .sorted()
            .toList();
    return new MisuseException(
        "'%s' has no flag '%s'%s (a command's own flags stand behind its name: 'convoy create --size 10G')"
            .formatted(
                command.isEmpty() ? "convoy" : "convoy " + command,
                word,
                Spelling.nearest(flagName(word), names)
                    .map("; did you mean '--%s'?"::formatted)
                    .orElse("")));
  }

  private static boolean switchValue(String word) throws MisuseException {
    int equals = word.indexOf('=');
    if (equals < 0) {
      return true;
    }
    String value = word.substring(equals + 1);
    return switch (value) {
      case "true", "1", "t", "T", "TRUE", "True" -> true;
      case "false", "0", "f", "F", "FALSE", "False" -> false;
      default ->
          throw new MisuseException(
              "%s is a switch: expected true or false behind '=', but was given '%s'"
                  .formatted(word.substring(0, equals), value));
    };
  }

  private static boolean isSwitch(ParameterDescription flag) {
    return flag.getParameterized().getType() == boolean.class;
  }

  private static boolean isFlag(String word) {
    return word.length() > 1 && word.charAt(0) == '-' && !word.equals("--");
  }

  /** Returns the name in {@code -name}, {@code --name} and {@code --name=value}. */
  private static String flagName(String word) {
    int start = word.startsWith("--") ? 2 : 1;
    int equals = word.indexOf('=');
    return equals < 0 ? word.substring(start) : word.substring(start, equals);
  }
}
