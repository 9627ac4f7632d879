package io.convoy.objectstore;

import java.util.Arrays;

/**
 * Marks on blocks' names, in little memory: a large volume has millions of blocks, and a text of 64
 * digits takes five times as much as the 33 bytes that a name takes here. Safe for several threads.
 */
final class NameMarks {
  private static final int WORDS = 4;
  private static final int WORD_DIGITS = BlockRef.NAME_LENGTH / WORDS;
  private static final int FIRST_CAPACITY = 1024;
  private static final int RADIX = 16;

  private long[] words = new long[FIRST_CAPACITY * WORDS];
  private byte[] marks = new byte[FIRST_CAPACITY]; // 0: nothing here
  private int size;

  /**
   * Sets a mark on a name.
   *
   * @param mark one bit
   * @return whether the name did not have it
   */
  synchronized boolean add(String name, int mark) {
    long[] key = parse(name);
    int slot = find(key);
    if ((marks[slot] & mark) != 0) {
      return false;
    }
    if (marks[slot] == 0) {
      System.arraycopy(key, 0, words, slot * WORDS, WORDS);
      size++;
    }
    marks[slot] |= (byte) mark;
    if (size > marks.length / 4 * 3) {
      grow();
    }
    return true;
  }

  /** Returns whether a name has all of these marks. */
  synchronized boolean has(String name, int mark) {
    return (marks[find(parse(name))] & mark) == mark;
  }

  private static long[] parse(String name) {
    long[] key = new long[WORDS];
    for (int i = 0; i < WORDS; i++) {
      key[i] = Long.parseUnsignedLong(name, i * WORD_DIGITS, (i + 1) * WORD_DIGITS, RADIX);
    }
    return key;
  }

  /** Returns the slot where the key is, or would be. */
  private int find(long[] key) {
    int mask = marks.length - 1;
    int slot = (int) key[0] & mask; // names are hashes already
    while (marks[slot] != 0
        && !Arrays.equals(words, slot * WORDS, (slot + 1) * WORDS, key, 0, WORDS)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldWords = words;
    byte[] oldMarks = marks;
    marks = new byte[Math.multiplyExact(oldMarks.length, 2)];
    words = new long[Math.multiplyExact(marks.length, WORDS)];
    for (int slot = 0; slot < oldMarks.length; slot++) {
      if (oldMarks[slot] != 0) {
        int to = find(Arrays.copyOfRange(oldWords, slot * WORDS, (slot + 1) * WORDS));
        System.arraycopy(oldWords, slot * WORDS, words, to * WORDS, WORDS);
        marks[to] = oldMarks[slot];
      }
    }
  }
}
