package io.convoy.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of the host that this runs on; see proc(5). */
public final class ThisHost {
  private static final Path NAME = Path.of("/proc/sys/kernel/hostname");
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESS_NUMBERS = Path.of("/proc/self/ns/pid");

  private ThisHost() {}

  /** Returns the host's name, without asking any name server, which might not answer. */
  public static String name() throws IOException {
    return Files.readString(NAME).strip();
  }

  /** Returns a UUID that is another one after each boot. */
  public static String bootId() throws IOException {
    return Files.readString(BOOT_ID).strip();
  }

  /**
   * Returns what tells apart the namespaces in which processes are numbered, such as {@code
   * pid:[4026531836]}: two containers can have one host name, and each a process 7.
   */
  public static String processNumbers() throws IOException {
    return Files.readSymbolicLink(PROCESS_NUMBERS).toString();
  }
}
