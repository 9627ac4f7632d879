package io.convoy.cli;

import java.lang.reflect.Method;

/** What happens when the terminal is closed. */
final class HangUp {
  private static final String SIGNAL = "sun.misc.Signal";
  private static final String HANDLER = "sun.misc.SignalHandler";

  private HangUp() {}

  /**
   * Has SIGHUP end this process at once, as it ends other programs. The JVM takes it for Ctrl-C,
   * which cancels the work; a connection that breaks off must not. A process that ignores it
   * (nohup) goes on to.
   */
  static void endAtOnce() {
    try {
      // By name: the compiler warns of these classes and can't be told not to. They are the only
      // way, and in the module jdk.unsupported for that reason.
      Class<?> signal = Class.forName(SIGNAL);
      Class<?> handler = Class.forName(HANDLER);
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(
          null,
          signal.getConstructor(String.class).newInstance("HUP"),
          handler.getField("SIG_DFL").get(null));
    } catch (ReflectiveOperationException e) {
      // Another JVM, without them: there it is as Ctrl-C.
    }
  }
}
