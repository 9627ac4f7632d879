package io.convoy.cli.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A machine with a daemon, and what can go wrong there. */
interface Site extends AutoCloseable {
  DaemonProcess daemon();

  List<Model.Store> stores();

  /** Returns how many bytes a file in a volume may have. */
  int largestFile();

  List<Fault> faults();

  /** Returns the directories where the stores have their objects. */
  List<Path> storeDirectories();

  @Override
  void close() throws IOException, InterruptedException;

  /** Something that goes wrong for a while. */
  interface Fault {
    String name();

    /**
     * Has it happen, and has it end.
     *
     * @return when its cause was gone, by {@link System#nanoTime}: recovery is counted from there
     */
    long happen(Random random) throws IOException, InterruptedException;
  }
}
