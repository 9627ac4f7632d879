package io.convoy.core;

import java.util.ArrayList;
import java.util.List;

/** Tells people who has a volume mounted. */
final class MountHolders {
  private static final int ID_DIGITS = 12;

  private MountHolders() {}

  static boolean isDocker(String mountId) {
    return !mountId.equals(MountRequest.COMMAND) && !mountId.equals(MountRequest.ADOPTED);
  }

  /** Returns something like {@code 'convoy mount' and 2 containers (mount IDs 1f2e…, 3a4b…)}. */
  static String describe(List<String> mountIds) {
    List<String> docker = mountIds.stream().filter(MountHolders::isDocker).toList();
    List<String> parts = new ArrayList<>();
    if (mountIds.contains(MountRequest.COMMAND)) {
      parts.add("'convoy mount'");
    }
    if (mountIds.contains(MountRequest.ADOPTED)) {
      parts.add("a mount that Convoy v0.5.2 left");
    }
    if (!docker.isEmpty()) {
      parts.add(
          "%s container%s (mount ID%s %s)"
              .formatted(
                  docker.size(),
                  docker.size() == 1 ? "" : "s",
                  docker.size() == 1 ? "" : "s",
                  String.join(", ", docker.stream().map(MountHolders::abbreviate).toList())));
    }
    return String.join(" and ", parts);
  }

  private static String abbreviate(String id) {
    return id.length() <= ID_DIGITS ? id : id.substring(0, ID_DIGITS) + "…";
  }
}
