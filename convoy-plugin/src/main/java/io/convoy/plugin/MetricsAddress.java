package io.convoy.plugin;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where metrics are served. */
public final class MetricsAddress {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[(?<v6>[0-9a-fA-F:.]+)\\]|(?<host>[A-Za-z0-9.-]+)):(?<port>\\d{1,5})");
  private static final int MAX_PORT = 65_535;

  private MetricsAddress() {}

  /**
   * Parses an address and a port, such as {@code 127.0.0.1:9475} or {@code [::1]:9475}.
   *
   * @param isPublic whether it may be an address that other hosts reach
   * @throws IllegalArgumentException if it is none, or one that it may not be
   */
  public static InetSocketAddress parse(String text, boolean isPublic) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > MAX_PORT) {
      throw new IllegalArgumentException(
          "Invalid address for metrics '%s': expected an address and a port, such as 127.0.0.1:9475"
              .formatted(text));
    }
    String host = matcher.group("v6") == null ? matcher.group("host") : matcher.group("v6");
    InetSocketAddress address =
        new InetSocketAddress(host, Integer.parseInt(matcher.group("port")));
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "Invalid address for metrics '%s': the host is not known".formatted(text));
    }
    if (!address.getAddress().isLoopbackAddress() && !isPublic) {
      throw new IllegalArgumentException(
          "Metrics at '%s' could be read by other hosts: give an address of this one, such as 127.0.0.1:%s, or add --metrics-public"
              .formatted(text, address.getPort()));
    }
    return address;
  }
}
