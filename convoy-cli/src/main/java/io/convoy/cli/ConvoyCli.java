package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Map;

/** The {@code convoy} command. */
public final class ConvoyCli {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int MISUSE = 2;

  private final PrintStream out;
  private final PrintStream err;
  private final Terminal terminal;
  private final Map<String, String> environment;

  private ConvoyCli(
      PrintStream out, PrintStream err, Terminal terminal, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.environment = environment;
  }

  /** Runs one command and exits: 0 done, 1 failed, 2 not understood. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    // What is logged by a command looks like what it says itself; the daemon has its own form.
    System.getProperties()
        .putIfAbsent("java.util.logging.SimpleFormatter.format", "convoy: %4$s: %5$s%6$s%n");
    int status =
        new ConvoyCli(out, err, Terminal.ofThisProcess(System.getenv()), System.getenv())
            .run(List.of(arguments));
    out.flush();
    System.exit(status);
  }

  /** Runs one command in this process and returns its exit status. */
  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    return run(arguments, environment, out, err, Terminal.NONE);
  }

  /** The same, for somebody who watches. */
  static int run(
      List<String> arguments,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      Terminal terminal) {
    return new ConvoyCli(out, err, terminal, environment).run(arguments);
  }

  private int run(List<String> arguments) {
    if (!arguments.isEmpty() && arguments.get(0).equals(Completion.COMMAND)) {
      List<String> words = arguments.subList(1, arguments.size());
      out.print(Completion.of(words, environment).lines());
      out.flush();
      return DONE;
    }
    WarmUp.start(arguments);
    GlobalOptions global = new GlobalOptions();
    // Known before the rest is understood: a trace of why it was not may be what is asked for.
    global.debug = arguments.contains("--debug") || arguments.contains("-d");
    try {
      CommandLine line = CommandLine.parse(arguments);
      global = line.global();
      execute(line, new Session(out, err, terminal, environment, global));
      return DONE;
    } catch (MisuseException e) {
      return fail(MISUSE, e.getMessage(), e.getMessage(), e, global);
    } catch (DaemonException e) {
      return fail(FAILED, e.printed(), e.getMessage(), e, global);
    } catch (IncompleteException e) {
      new Session(out, err, terminal, environment, global).say(e.getMessage());
      return FAILED;
    } catch (IOException e) {
      String message = describe(e);
      return fail(FAILED, message, message, e, global);
    } catch (RuntimeException | LinkageError e) {
      String message = "A defect in convoy stopped it: %s (--debug shows where)".formatted(e);
      return fail(FAILED, message, message, e, global);
    } finally {
      out.flush();
    }
  }

  /** Returns a message with what some of Java's exceptions leave to their name. */
  private static String describe(IOException e) {
    boolean bare = e.getMessage() == null || e instanceof FileSystemException;
    return bare ? e.toString() : e.getMessage();
  }

  private static void execute(CommandLine line, Session session)
      throws MisuseException, IOException {
    if (session.global().help) {
      session.answer(Help.of(line.name()));
    } else if (session.global().version) {
      session.answer("Convoy version " + Version.get());
    } else if (line.command().isEmpty()) {
      session.answer(Help.of(line.name()));
    } else {
      line.command().orElseThrow().run(session);
    }
  }

  private int fail(
      int status, String printed, String message, Throwable cause, GlobalOptions global) {
    // For programs; who watches reads the line.
    if (!terminal.out()) {
      out.print(JsonText.error(String.valueOf(printed)) + "\n");
      out.flush();
    }
    new Session(out, err, terminal, environment, global).say(String.valueOf(message));
    if (global.debug) {
      cause.printStackTrace(err);
    }
    return status;
  }
}
