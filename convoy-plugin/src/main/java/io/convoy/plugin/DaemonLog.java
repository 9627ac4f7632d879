package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.plugin.DaemonConfig.Observation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sends what is logged to a file or to standard output, one line each with an ISO-8601 time: as
 * text, or as a JSON object.
 */
final class DaemonLog implements AutoCloseable {
  private static final Logger ROOT = Logger.getLogger("");
  private static final Formatter MESSAGES = new LineFormatter();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
  // Held, since the log manager forgets loggers, and their levels, that nobody holds.
  private static final Logger CONVOY = Logger.getLogger("io.convoy");

  private final PrintStream out;
  private final boolean ownsStream;
  private final LineHandler handler;
  private final List<Handler> before;
  private final Level levelBefore;
  private volatile Consumer<LogRecord> warnings = message -> {};

  private DaemonLog(PrintStream out, boolean ownsStream, LogFormat format, boolean debug) {
    this.out = out;
    this.ownsStream = ownsStream;
    this.handler = new LineHandler(out, format, message -> warnings.accept(message));
    this.before = List.of(ROOT.getHandlers());
    this.levelBefore = CONVOY.getLevel();
    before.forEach(ROOT::removeHandler);
    ROOT.addHandler(handler);
    CONVOY.setLevel(debug ? Level.FINE : Level.INFO);
  }

  static DaemonLog open(Observation wanted, PrintStream standardOutput) throws IOException {
    Optional<Path> file = wanted.log();
    if (file.isEmpty()) {
      return new DaemonLog(standardOutput, false, wanted.logFormat(), wanted.debug());
    }
    Path directory = file.get().toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    OutputStream stream = Files.newOutputStream(file.get(), CREATE, APPEND);
    return new DaemonLog(
        new PrintStream(stream, false, UTF_8), true, wanted.logFormat(), wanted.debug());
  }

  /** Has somebody hear what is logged as a warning or an error from now on. */
  void tellWarnings(Consumer<LogRecord> listener) {
    warnings = listener;
  }

  /** Returns a logged message with its values filled in, in one line. */
  static String oneLine(LogRecord message) {
    return MESSAGES.formatMessage(message).replaceAll("[\\r\\n]+", " ");
  }

  /** Logs even when the JVM is going down, which takes the handlers from the loggers. */
  void last(String message) {
    LogRecord last = new LogRecord(Level.INFO, message);
    last.setLoggerName(DaemonLog.class.getName());
    handler.publish(last);
  }

  @Override
  public void close() {
    ROOT.removeHandler(handler);
    before.forEach(ROOT::addHandler);
    CONVOY.setLevel(levelBefore);
    out.flush();
    if (ownsStream) {
      out.close();
    }
  }

  private static final class LineHandler extends Handler {
    private final PrintStream out;
    private final Consumer<LogRecord> warnings;

    LineHandler(PrintStream out, LogFormat format, Consumer<LogRecord> warnings) {
      this.out = out;
      this.warnings = warnings;
      setFormatter(format == LogFormat.JSON ? new JsonFormatter() : new LineFormatter());
    }

    @Override
    public void publish(LogRecord message) {
      if (isLoggable(message)) {
        // One call, so that lines of several threads do not mix.
        out.print(getFormatter().format(message));
        out.flush();
        if (message.getLevel().intValue() >= Level.WARNING.intValue()) {
          warnings.accept(message);
        }
      }
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {
      // DaemonLog closes the stream: the log manager comes here while the daemon still stops.
    }
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  /** One JSON object a line; its keys are always in this order. */
  private static final class JsonFormatter extends Formatter {
    @Override
    public String format(LogRecord message) {
      ObjectNode node = Json.object();
      node.put("time", TIME.format(message.getInstant()));
      node.put("level", level(message.getLevel()));
      node.put("logger", message.getLoggerName());
      node.put("message", oneLine(message));
      if (message.getThrown() != null) {
        node.put("trace", trace(message.getThrown()));
      }
      return Json.line(node) + "\n";
    }
  }

  private static final class LineFormatter extends Formatter {
    @Override
    public String format(LogRecord message) {
      String level = level(message.getLevel());
      String line =
          TIME.format(message.getInstant())
              + (level.length() < 5 ? " " + level + "  " : " " + level + " ")
              + oneLine(message)
              + "\n";
      return message.getThrown() == null ? line : line + trace(message.getThrown());
    }
  }
}
