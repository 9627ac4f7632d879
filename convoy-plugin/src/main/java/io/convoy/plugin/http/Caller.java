package io.convoy.plugin.http;

/**
 * Who is at the other end of a connection, by the kernel's word.
 *
 * @param uid the user
 * @param pid the process that connected
 */
public record Caller(int uid, int pid) {
  @Override
  public String toString() {
    return "uid=" + uid + " pid=" + pid;
  }
}
