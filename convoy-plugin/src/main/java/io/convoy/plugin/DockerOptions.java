package io.convoy.plugin;

import io.convoy.core.BackupUrl;
import io.convoy.core.ByteSize;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What {@code docker volume create --opt} asks for.
 *
 * @param driver which storage, if one was named
 */
record DockerOptions(VolumeSpec spec, Optional<String> driver) {
  private static final List<String> KNOWN =
      List.of(
          "driver", "size", "backup", "endpoint", "id", "type", "iops", "throughput", "copy", "vm");
  private static final Set<String> TRUE = Set.of("1", "t", "true");
  private static final Set<String> FALSE = Set.of("0", "f", "false");

  /**
   * Reads options as Docker sends them; an empty value is not given.
   *
   * @throws IllegalArgumentException if one is unknown, or its value makes no sense
   */
  static DockerOptions parse(VolumeName name, Map<String, String> options) {
    for (String option : options.keySet()) {
      if (!KNOWN.contains(option)) {
        throw new IllegalArgumentException(
            "Unknown option '%s'%s: expected %s"
                .formatted(option, DidYouMean.hint(option, KNOWN), String.join(", ", KNOWN)));
      }
    }
    Optional<String> endpoint = given(options, "endpoint");
    Optional<BackupUrl> backup =
        given(options, "backup").map(url -> BackupUrl.parse(url).withEndpoint(endpoint));
    if (endpoint.isPresent() && backup.isEmpty()) {
      throw new IllegalArgumentException(
          "Option 'endpoint' is given without option 'backup', whose server it names");
    }
    VolumeSpec spec =
        new VolumeSpec(
            name,
            positive(given(options, "size").map(text -> ByteSize.parse(text).bytes())),
            backup,
            given(options, "id"),
            given(options, "type"),
            number(options, "iops"),
            number(options, "throughput"),
            flag(options, "copy"),
            flag(options, "vm"));
    return new DockerOptions(spec, given(options, "driver"));
  }

  private static Optional<String> given(Map<String, String> options, String name) {
    return Optional.ofNullable(options.get(name)).filter(text -> !text.isEmpty());
  }

  private static OptionalLong positive(Optional<Long> number) {
    return number.filter(value -> value != 0).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  private static OptionalLong number(Map<String, String> options, String name) {
    return positive(
        given(options, name)
            .map(
                text -> {
                  if (!text.matches("[0-9]{1,18}")) {
                    throw new IllegalArgumentException(
                        "Invalid option %s '%s': expected a whole number".formatted(name, text));
                  }
                  return Long.parseLong(text);
                }));
  }

  private static boolean flag(Map<String, String> options, String name) {
    String value = given(options, name).orElse("false").toLowerCase(Locale.ROOT);
    if (!TRUE.contains(value) && !FALSE.contains(value)) {
      throw new IllegalArgumentException(
          "Invalid option %s '%s': expected true or false".formatted(name, value));
    }
    return TRUE.contains(value);
  }
}
