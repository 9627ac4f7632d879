package io.convoy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.core.DirectHash;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/**
 * Gets ready what takes long to, for commands that move much data: beside the rest of their start,
 * when one processor has nothing to do.
 */
final class WarmUp {
  private static final String ALGORITHM = "SHA-256";

  private static final int PIECE_BYTES = 32 * 1024;

  /**
   * After so much of it the JVM has SHA-256 compiled, which it runs at a thirtieth of its speed
   * before.
   */
  private static final int BYTES = 2 * 1024 * 1024;

  private WarmUp() {}

  /** Begins, if these are the words of such a command; returns at once. Ends in a moment. */
  static void start(List<String> words) {
    if (words.stream().noneMatch(word -> word.equals("--image") || word.startsWith("--image="))) {
      return;
    }
    Thread thread = new Thread(WarmUp::run, "convoy-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run() {
    try {
      load();
    } catch (RuntimeException | Error e) {
      // The command itself meets it again where it matters, and tells of it.
      System.getLogger(WarmUp.class.getName()).log(Level.DEBUG, "warm-up", e);
    }
  }

  private static void load() {
    // Looks into every jar for a logger of another kind; so does the next one no more.
    System.getLogger(WarmUp.class.getName()).isLoggable(Level.DEBUG);
    // Calendars and formats of dates come with it.
    new ObjectMapper().createObjectNode();
    hash();
  }

  private static void hash() {
    Optional<byte[]> loaded =
        DirectHash.find().flatMap(hash -> hash.hash(ALGORITHM, ByteBuffer.allocateDirect(1)));
    if (loaded.isEmpty()) {
      hashInJava();
    }
  }

  private static void hashInJava() {
    try {
      MessageDigest digest = MessageDigest.getInstance(ALGORITHM);
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
