package io.convoy.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What may stand where a shell's cursor is. The shells' scripts know nothing of commands: they ask
 * {@code convoy __complete}, so that all is said once, where help takes it from, too.
 */
final class Completion {
  /** What the scripts call; not for people. */
  static final String COMMAND = "__complete";

  private static final long LIMIT_SECONDS = 3;
  private static final Set<String> FILES = Set.of("file", "device");

  /** The flags that may stand before a command's last word, and what their values are. */
  private static final Map<String, String> EARLY_FLAGS =
      Map.of(
          "--socket", "file", "-s", "file", "--s3-endpoint", "endpoint", "--format", "json|table");

  private final DaemonNames names;

  Completion(DaemonNames names) {
    this.names = names;
  }

  /**
   * Candidates for a word.
   *
   * @param kind {@code words}; or {@code files} or {@code directories}, which the shell knows
   * @param words each alone, or with a tab and what it is
   */
  record Candidates(String kind, List<String> words) {
    static final Candidates NONE = new Candidates("words", List.of());

    /** Returns the lines that the scripts read: the kind, then the words. */
    String lines() {
      return kind + "\n" + String.join("", words.stream().map(word -> word + "\n").toList());
    }
  }

  /**
   * Answers one request of a shell.
   *
   * @param words those behind {@code convoy}, the last one unfinished
   * @return nothing at all if the daemon is silent for long, since somebody waits at a prompt
   */
  static Candidates of(List<String> words, Map<String, String> environment) {
    Completion completion = new Completion(DaemonNames.ofCommandLine(words, environment));
    CompletableFuture<Candidates> candidates = new CompletableFuture<>();
    Thread worker =
        new Thread(() -> candidates.complete(completion.candidates(words)), "completion");
    worker.setDaemon(true);
    worker.start();
    return candidates.completeOnTimeout(Candidates.NONE, LIMIT_SECONDS, SECONDS).join();
  }

  Candidates candidates(List<String> words) {
    List<String> before = words.subList(0, Math.max(0, words.size() - 1));
    String word = words.isEmpty() ? "" : words.get(words.size() - 1);
    String name = "";
    int i = 0;
    while (i < before.size() && (name.isEmpty() || CommandTable.GROUPS.contains(name))) {
      String next = before.get(i);
      if (EARLY_FLAGS.containsKey(next)) {
        i++;
      } else if (!next.startsWith("-")) {
        name = name.isEmpty() ? next : name + " " + next;
      }
      i++;
    }
    boolean group = CommandTable.GROUPS.contains(name);
    // 'jobs' is both: a word behind it is one of its commands, a flag is its own.
    if (CommandTable.COMMANDS.contains(name) && (!group || word.startsWith("-"))) {
      return forCommand(Explanation.of(name), before.subList(i, before.size()), word);
    }
    if (i > before.size()) {
      return ofKind(EARLY_FLAGS.get(before.get(before.size() - 1)), word);
    }
    if (!name.isEmpty() && !group) {
      return Candidates.NONE;
    }
    return word.startsWith("-")
        ? matching(flags(Explanation.globalFlags()), word)
        : matching(commands(name), word);
  }

  private static List<String> commands(String group) {
    String prefix = group.isEmpty() ? "" : group + " ";
    return CommandTable.words(group).stream()
        .map(
            word ->
                CommandTable.COMMANDS.contains(prefix + word)
                    ? word + "\t" + Explanation.of(prefix + word).purpose()
                    : word)
        .toList();
  }

  private Candidates forCommand(Explanation command, List<String> before, String word) {
    List<Explanation.Flag> flags = new ArrayList<>(command.flags());
    flags.addAll(Explanation.globalFlags());
    int equals = word.indexOf('=');
    if (word.startsWith("--") && equals > 0) {
      String flag = word.substring(0, equals);
      Candidates values = ofKind(placeholder(flags, flag), word.substring(equals + 1));
      return new Candidates(
          values.kind(), values.words().stream().map(value -> flag + "=" + value).toList());
    }
    int arguments = 0;
    String open = "";
    for (String done : before) {
      if (!open.isEmpty()) {
        open = "";
      } else if (done.startsWith("-")) {
        open = done.contains("=") ? "" : placeholder(flags, done);
      } else {
        arguments++;
      }
    }
    if (!open.isEmpty()) {
      return ofKind(open, word);
    }
    if (word.startsWith("-")) {
      return matching(flags(flags), word);
    }
    List<String> kinds = command.argumentPlaceholders();
    if (kinds.isEmpty()) {
      return Candidates.NONE;
    }
    boolean repeated = command.arguments().contains("...");
    return arguments < kinds.size() || repeated
        ? ofKind(kinds.get(Math.min(arguments, kinds.size() - 1)), word)
        : Candidates.NONE;
  }

  /** Returns what a flag's value is, empty if it takes none. */
  private static String placeholder(List<Explanation.Flag> flags, String name) {
    return flags.stream()
        .filter(flag -> flag.names().contains(name))
        .map(Explanation.Flag::placeholder)
        .findFirst()
        .orElse("");
  }

  private static List<String> flags(List<Explanation.Flag> flags) {
    List<String> words = new ArrayList<>();
    for (Explanation.Flag flag : flags) {
      flag.names().stream()
          .filter(name -> name.startsWith("--"))
          .forEach(name -> words.add(name + "\t" + flag.description()));
    }
    return words;
  }

  private Candidates ofKind(String kind, String word) {
    if (FILES.contains(kind)) {
      return new Candidates("files", List.of());
    }
    if (kind.equals("directory")) {
      return new Candidates("directories", List.of());
    }
    if (kind.indexOf('|') > 0) {
      return matching(Arrays.asList(kind.split("\\|", -1)), word);
    }
    return matching(
        switch (kind) {
          case "command" -> commands("");
          case "volume" -> names.volumes();
          case "snapshot" -> names.snapshots();
          case "backup-url" -> names.backups();
          case "destination" -> {
            List<String> destinations = new ArrayList<>(names.targets());
            destinations.addAll(names.destinations());
            yield destinations;
          }
          case "target" -> names.targets();
          case "job" -> names.jobs();
          case "driver" -> names.drivers();
          case "volume or ID" -> names.trash();
          default -> List.of();
        },
        word);
  }

  private static Candidates matching(List<String> words, String prefix) {
    return new Candidates("words", words.stream().filter(word -> word.startsWith(prefix)).toList());
  }
}
