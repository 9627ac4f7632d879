package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Where one backup is: {@code <destination>?backup=<backup>&volume=<volume>}.
 *
 * <p>Convoy v0.5.2 printed the {@code &} as <code>&#92;u0026</code>, and shells turn that into
 * {@code u0026}; all three are read, {@code &} is written. A scheme whose destinations name the
 * backup by themselves ({@code ebs://region/snap-…}) has no query.
 *
 * @param volumeName the directory of the volume in the store, which for a second volume of one name
 *     is not the volume's name
 */
public record BackupUrl(
    BackupDestination destination, Optional<BackupName> backupName, Optional<String> volumeName) {
  private static final String BACKUP = "backup=";
  private static final String VOLUME = "volume=";

  public BackupUrl {
    requireNonNull(destination, "destination is null");
    requireNonNull(backupName, "backupName is null");
    requireNonNull(volumeName, "volumeName is null");
    if (backupName.isPresent() != volumeName.isPresent()) {
      throw new IllegalArgumentException("backup and volume must both be given, or neither");
    }
  }

  /** Returns the URL of a backup in a store that holds many. */
  public static BackupUrl of(BackupDestination destination, BackupName backup, String volume) {
    return new BackupUrl(destination, Optional.of(backup), Optional.of(volume));
  }

  /** Parses a backup's URL in any of the forms that Convoy ever printed. */
  public static BackupUrl parse(String url) {
    int question = url.indexOf('?');
    if (question < 0) {
      BackupDestination destination = BackupDestination.parse(url);
      if (!destination.scheme().equals("ebs")) {
        throw invalid(url);
      }
      return new BackupUrl(destination, Optional.empty(), Optional.empty());
    }
    String backup = null;
    String volume = null;
    String query = url.substring(question + 1).replace("\\u0026", "&");
    for (String part : query.replaceFirst("u0026(?=volume=|backup=)", "&").split("&", -1)) {
      if (part.startsWith(BACKUP) && backup == null) {
        backup = part.substring(BACKUP.length());
      } else if (part.startsWith(VOLUME) && volume == null) {
        volume = part.substring(VOLUME.length());
      } else {
        throw invalid(url);
      }
    }
    if (backup == null || volume == null) {
      throw invalid(url);
    }
    return of(
        BackupDestination.parse(url.substring(0, question)),
        new BackupName(backup),
        checkStoreVolume(volume));
  }

  /** Returns this URL, asked for at another server. */
  public BackupUrl withEndpoint(Optional<String> endpoint) {
    return new BackupUrl(destination.withEndpoint(endpoint), backupName, volumeName);
  }

  /** A volume's directory in a store is its name, or its name, '~' and 8 digits of its UUID. */
  private static String checkStoreVolume(String volume) {
    int tilde = volume.lastIndexOf('~');
    String name = tilde < 0 ? volume : volume.substring(0, tilde);
    if (tilde >= 0 && !volume.substring(tilde + 1).matches("[0-9a-f]{8}")) {
      throw new IllegalArgumentException(
          "Invalid volume '%s' in a backup's URL: expected 8 hex digits behind '~'"
              .formatted(volume));
    }
    return new VolumeName(name).value() + (tilde < 0 ? "" : volume.substring(tilde));
  }

  private static IllegalArgumentException invalid(String url) {
    return new IllegalArgumentException(
        "Invalid backup URL '%s': expected <destination>?backup=<backup>&volume=<volume>, as 'convoy backup create' prints it (quote it, because of the '&')"
            .formatted(url));
  }

  @Override
  public String toString() {
    return backupName.isEmpty()
        ? destination.toString()
        : destination
            + "?"
            + BACKUP
            + backupName.orElseThrow()
            + "&"
            + VOLUME
            + volumeName.orElseThrow();
  }
}
