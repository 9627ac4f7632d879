package io.convoy.ebs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.ByteSize;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The driver's options. Those that say what new volumes are like are recorded, as Convoy v0.5.2
 * did: a daemon that is started without them must not make volumes that are not encrypted all of a
 * sudden.
 *
 * @param tags more tags for whatever is made
 * @param devices where device nodes are, {@code /dev}
 * @param system where the kernel tells of devices, {@code /sys}
 */
record EbsConfig(
    long defaultSizeBytes,
    String defaultType,
    Optional<String> defaultKmsKeyId,
    boolean defaultEncrypted,
    boolean freeze,
    boolean keepAttached,
    Map<String, String> tags,
    Path devices,
    Path system) {
  static final String DEFAULT_SIZE = "ebs.defaultvolumesize";
  static final String DEFAULT_TYPE = "ebs.defaultvolumetype";
  static final String DEFAULT_KEY = "ebs.defaultkmskeyid";
  static final String DEFAULT_ENCRYPTED = "ebs.defaultencrypted";
  static final String FREEZE = "ebs.fsfreeze";
  static final String KEEP_ATTACHED = "ebs.keepattached";
  static final String TAGS = "ebs.tags";
  static final String DEVICES = "ebs.devpath";
  static final String SYSTEM = "ebs.syspath";
  static final Set<String> OPTIONS =
      Set.of(
          DEFAULT_SIZE,
          DEFAULT_TYPE,
          DEFAULT_KEY,
          DEFAULT_ENCRYPTED,
          FREEZE,
          KEEP_ATTACHED,
          TAGS,
          DEVICES,
          SYSTEM);

  /** Convoy v0.5.2's file, under the driver's root. */
  private static final String FILE = "ebs.cfg";

  /** What Convoy v0.5.2 calls the options that are recorded. */
  private static final Map<String, String> RECORDED =
      Map.of(
          DEFAULT_SIZE, "DefaultVolumeSize",
          DEFAULT_TYPE, "DefaultVolumeType",
          DEFAULT_KEY, "DefaultKmsKeyID",
          DEFAULT_ENCRYPTED, "DefaultEncrypted");

  EbsConfig {
    tags = Map.copyOf(tags);
    EbsType.of(defaultType);
    if (defaultKmsKeyId.isPresent() && !defaultEncrypted) {
      throw new IllegalArgumentException(
          "%s is '%s', and %s is false: a key encrypts nothing then. Leave one of them out"
              .formatted(DEFAULT_KEY, defaultKmsKeyId.get(), DEFAULT_ENCRYPTED));
    }
  }

  /** Reads the options given, those recorded under the root for the rest, and records them. */
  static EbsConfig load(Path root, Map<String, String> given) throws IOException {
    JsonFile file = new JsonFile(root.resolve(FILE));
    ObjectNode recorded = file.read().orElseGet(JsonFile::newObject);
    Map<String, String> options = new HashMap<>(given);
    RECORDED.forEach(
        (option, key) -> {
          String before = recorded.path(key).asText("");
          if (!before.isEmpty()) {
            options.putIfAbsent(option, before);
          }
        });
    if (!given.containsKey(DEFAULT_ENCRYPTED) && given.containsKey(DEFAULT_KEY)) {
      // A key that is given asks for encryption.
      options.put(DEFAULT_ENCRYPTED, Boolean.toString(!given.get(DEFAULT_KEY).isEmpty()));
    }
    Optional<String> key =
        Optional.ofNullable(options.get(DEFAULT_KEY)).filter(text -> !text.isEmpty());
    EbsConfig config =
        new EbsConfig(
            ByteSize.parse(options.getOrDefault(DEFAULT_SIZE, "4G")).bytes(),
            options.getOrDefault(DEFAULT_TYPE, "gp3"),
            key,
            isTrue(options, DEFAULT_ENCRYPTED),
            isTrue(options, FREEZE),
            isTrue(options, KEEP_ATTACHED),
            tags(options.getOrDefault(TAGS, "")),
            Path.of(options.getOrDefault(DEVICES, "/dev")),
            Path.of(options.getOrDefault(SYSTEM, "/sys")));
    ObjectNode now = recorded.deepCopy();
    now.put("DefaultVolumeSize", config.defaultSizeBytes());
    now.put("DefaultVolumeType", config.defaultType());
    now.put("DefaultKmsKeyID", key.orElse(""));
    now.put("DefaultEncrypted", config.defaultEncrypted());
    if (!now.equals(recorded)) {
      file.write(now);
    }
    return config;
  }

  private static boolean isTrue(Map<String, String> options, String option) {
    String value = options.getOrDefault(option, "false");
    if (!value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected true or false".formatted(option, value));
    }
    return value.equals("true");
  }

  private static Map<String, String> tags(String text) {
    Map<String, String> tags = new TreeMap<>();
    for (String pair : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      String key = pair.substring(0, Math.max(equals, 0)).strip();
      if (key.isEmpty() || key.startsWith("Convoy") || key.startsWith("aws:")) {
        throw new IllegalArgumentException(
            "Invalid %s '%s': expected key=value,key=value, without keys that start with Convoy or aws:"
                .formatted(TAGS, text));
      }
      tags.put(key, pair.substring(equals + 1).strip());
    }
    return tags;
  }
}
