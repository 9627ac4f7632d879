package io.convoy.objectstore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.ThisHost;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose a lock is. Of a process of this very host and boot it can be told whether it lives: nobody
 * has to wait until its lease ends. A host's identity belongs to a root, which one process at a
 * time can have open, or to a namespace of process numbers.
 */
final class LockOwner {
  private static final String BOOT = bootId();
  private static final Set<String> OWN_TOKENS = ConcurrentHashMap.newKeySet();

  /** The process before this one is dead since then at the latest. */
  private static final long START_NANOS = System.nanoTime();

  private LockOwner() {}

  private static String bootId() {
    try {
      return ThisHost.bootId();
    } catch (IOException e) {
      // Then no process is known to be dead, and leases end.
      return "";
    }
  }

  /** Writes into a lock whose it is. */
  static void write(ObjectNode lock, String token, String hostId) {
    OWN_TOKENS.add(token);
    lock.put("Token", token);
    lock.put("Host", hostId);
    lock.put("Boot", BOOT);
    lock.put("Pid", ProcessHandle.current().pid());
  }

  /** Notes that a lock of this process is none any more, or never was one. */
  static void forget(String token) {
    OWN_TOKENS.remove(token);
  }

  /**
   * Returns whether a lock is one of an earlier process of this host that has certainly ended.
   *
   * @param settled what it asked of the store has been done so long after its end
   */
  static boolean isDead(ObjectNode lock, String hostId, Duration settled) {
    long pid = lock.path("Pid").asLong(-1);
    return !BOOT.isEmpty()
        && BOOT.equals(lock.path("Boot").asText())
        && hostId.equals(lock.path("Host").asText())
        && pid > 0
        && !isAlive(pid, lock.path("Token").asText())
        && System.nanoTime() - START_NANOS >= settled.toNanos();
  }

  /** In a container every life of the daemon has the same number. */
  private static boolean isAlive(long pid, String token) {
    return pid == ProcessHandle.current().pid()
        ? OWN_TOKENS.contains(token)
        : ProcessHandle.of(pid).isPresent();
  }
}
