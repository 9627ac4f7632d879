package io.convoy.cli;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Has the JVM compile SHA-256, which it runs at a thirtieth of its speed before: beside what else a
 * command that moves much data does first, when one processor has nothing to do.
 */
final class HashWarmUp {
  private static final int PIECE_BYTES = 32 * 1024;

  /** After so much of it the JVM has it compiled. */
  private static final int BYTES = 2 * 1024 * 1024;

  private HashWarmUp() {}

  /** Returns at once; what it starts ends in a moment. */
  static void start() {
    Thread thread = new Thread(HashWarmUp::hash, "convoy-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[PIECE_BYTES];
      for (int done = 0; done < BYTES; done += piece.length) {
        digest.update(piece, 0, piece.length);
      }
      digest.digest();
    } catch (NoSuchAlgorithmException e) {
      // Whoever needs it will say so.
    }
  }
}
