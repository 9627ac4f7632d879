package io.convoy.plugin;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which word somebody had in mind. */
final class DidYouMean {
  private static final int MAX_DISTANCE = 2;

  private DidYouMean() {}

  /** Returns {@code (did you mean 'x'?)} for the nearest of some words, or nothing. */
  static String hint(String word, Collection<String> known) {
    Optional<String> nearest =
        known.stream()
            .filter(candidate -> distance(word, candidate) <= MAX_DISTANCE)
            .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    return nearest.map(" (did you mean '%s'?)"::formatted).orElse("");
  }

  /** Returns the number of letters to add, remove or change. */
  static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
