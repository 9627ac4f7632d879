package io.convoy.core.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs as child processes. */
public final class ProcessCommandRunner implements CommandRunner {
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
  private static final long END_WAIT_MILLIS = 10_000;

  @Override
  public String run(List<String> argv, Duration limit) throws IOException {
    try (Child child = launch(argv)) {
      child.standardInput().close();
      StreamReader output = new StreamReader(child.standardOutput(), MAX_OUTPUT_BYTES, argv);
      child.waitForSuccess(limit);
      String text = output.text();
      if (output.isCut()) {
        throw new IOException(
            "'%s' printed more than %s bytes".formatted(String.join(" ", argv), MAX_OUTPUT_BYTES));
      }
      return text;
    }
  }

  @Override
  public RunningCommand start(List<String> argv) throws IOException {
    return launch(argv);
  }

  private static Child launch(List<String> argv) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().put("LC_ALL", "C");
    try {
      return new Child(argv, builder.start());
    } catch (IOException e) {
      throw new IOException(
          "'%s' can't be started: %s; is it installed?".formatted(argv.get(0), e.getMessage()), e);
    }
  }

  private static final class Child implements RunningCommand {
    private final List<String> argv;
    private final Process process;
    private final StreamReader errors;

    Child(List<String> argv, Process process) {
      this.argv = List.copyOf(argv);
      this.process = process;
      this.errors = new StreamReader(process.getErrorStream(), MAX_ERROR_BYTES, argv);
    }

    @Override
    public OutputStream standardInput() {
      return process.getOutputStream();
    }

    @Override
    public InputStream standardOutput() {
      return process.getInputStream();
    }

    @Override
    public int waitFor() throws IOException {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }

    @Override
    public void waitForSuccess() throws IOException {
      check(waitFor());
    }

    void waitForSuccess(Duration limit) throws IOException {
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new InterruptedIOException(
              "'%s' did not end within %s s".formatted(String.join(" ", argv), limit.toSeconds()));
        }
      } catch (InterruptedException e) {
        throw interrupted();
      }
      check(process.exitValue());
    }

    private void check(int status) throws IOException {
      if (status != 0) {
        throw new CommandFailedException(argv, status, errorOutput());
      }
    }

    private InterruptedIOException interrupted() {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return new InterruptedIOException(
          "interrupted while '%s' ran".formatted(String.join(" ", argv)));
    }

    @Override
    public String errorOutput() {
      return errors.text();
    }

    /** Whoever cleans up behind the program can rely on its being gone. */
    private void awaitEnd() {
      boolean interrupted = Thread.interrupted();
      try {
        process.waitFor(END_WAIT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      awaitEnd();
      try {
        process.getInputStream().close();
        process.getErrorStream().close();
        process.getOutputStream().close();
      } catch (IOException e) {
        // The pipes of a process that is gone; what was to be flushed has no reader any more.
      }
    }
  }

  /** Drains a stream in a thread of its own, so that the program never waits for a reader. */
  private static final class StreamReader {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread thread;
    private boolean cut;

    StreamReader(InputStream in, int maxBytes, List<String> argv) {
      thread = new Thread(() -> drain(in, maxBytes), "convoy-output-of-" + argv.get(0));
      thread.setDaemon(true);
      thread.start();
    }

    private void drain(InputStream in, int maxBytes) {
      byte[] buffer = new byte[8192];
      try (in) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          synchronized (bytes) {
            int kept = Math.min(n, maxBytes - bytes.size());
            bytes.write(buffer, 0, kept);
            cut |= kept < n;
          }
        }
      } catch (IOException e) {
        // The program was killed; what it said until then is all there is.
      }
    }

    boolean isCut() {
      synchronized (bytes) {
        return cut;
      }
    }

    String text() {
      try {
        thread.join(END_WAIT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      synchronized (bytes) {
        return bytes.toString(UTF_8);
      }
    }
  }
}
