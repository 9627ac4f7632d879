package io.convoy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * How things are done on a machine, as commands to copy.
 *
 * @param family what {@code /etc/os-release} calls it and what it is like, such as debian
 * @param isRoot whether commands need no sudo
 */
record Distribution(Set<String> family, boolean isRoot) {
  private static final Set<String> FEDORA = Set.of("fedora", "rhel", "centos");
  private static final Set<String> DEBIAN = Set.of("debian", "ubuntu");

  Distribution {
    family = Set.copyOf(family);
  }

  /** Finds out about the machine with a root directory. */
  static Distribution of(Path root, boolean isRoot) throws IOException {
    Set<String> family = new HashSet<>();
    Path release = root.resolve("etc/os-release");
    if (Files.isReadable(release)) {
      for (String line : Files.readAllLines(release)) {
        if (line.startsWith("ID=") || line.startsWith("ID_LIKE=")) {
          String names = line.substring(line.indexOf('=') + 1).replace("\"", "").strip();
          family.addAll(Arrays.asList(names.split(" ", -1)));
        }
      }
    }
    return new Distribution(family, isRoot);
  }

  boolean isUbuntu() {
    return family.contains("ubuntu");
  }

  /** Returns a command that root must give. */
  String asRoot(String command) {
    return isRoot ? command : "sudo " + command;
  }

  /** Returns the command that installs packages; both where it is not known which is right. */
  String install(String debian, String fedora) {
    String apt = asRoot("apt-get install -y " + debian);
    String dnf = asRoot("dnf install -y " + fedora);
    if (family.stream().anyMatch(DEBIAN::contains)) {
      return apt;
    }
    return family.stream().anyMatch(FEDORA::contains)
        ? dnf
        : "%s (Debian, Ubuntu), %s (Fedora)".formatted(apt, dnf);
  }
}
