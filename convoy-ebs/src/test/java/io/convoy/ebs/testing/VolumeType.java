package io.convoy.ebs.testing;

import java.util.Optional;

/** The rules for a type of volume, as Amazon documents them. */
enum VolumeType {
  STANDARD(1, 1024, 0, 0, 0),
  GP2(1, 16384, 0, 0, 0),
  GP3(1, 16384, 3000, 16000, 500),
  IO1(4, 16384, 100, 64000, 50),
  IO2(4, 65536, 100, 256000, 1000),
  ST1(125, 16384, 0, 0, 0),
  SC1(125, 16384, 0, 0, 0);

  private static final int GP3_THROUGHPUT = 125;
  private static final int GP3_MOST_THROUGHPUT = 1000;

  private final int minSize;
  private final int maxSize;
  private final int minIops;
  private final int maxIops;
  private final int iopsPerGib;

  VolumeType(int minSize, int maxSize, int minIops, int maxIops, int iopsPerGib) {
    this.minSize = minSize;
    this.maxSize = maxSize;
    this.minIops = minIops;
    this.maxIops = maxIops;
    this.iopsPerGib = iopsPerGib;
  }

  static VolumeType of(String name) {
    for (VolumeType type : values()) {
      if (type.toString().equals(name)) {
        return type;
      }
    }
    throw ApiException.of(
        "InvalidParameterValue",
        "Value (%s) for parameter volumeType is invalid. Volume type not found",
        name);
  }

  void checkSize(int size) {
    if (size < minSize || size > maxSize) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Volume of %sGiB is %s for volume type %s; %s is %sGiB",
          size,
          size < minSize ? "too small" : "too large",
          this,
          size < minSize ? "minimum" : "maximum",
          size < minSize ? minSize : maxSize);
    }
  }

  /** Returns the operations per second that such a volume has. */
  Optional<Integer> iops(int size, Optional<Integer> wanted) {
    if (wanted.isPresent() && maxIops == 0) {
      throw ApiException.of(
          "InvalidParameterCombination",
          "The parameter iops is not supported for %s volumes.",
          this);
    }
    if (this == GP2) {
      return Optional.of(Math.min(16000, Math.max(100, 3 * size)));
    }
    if (maxIops == 0) {
      return Optional.empty();
    }
    if (this != GP3 && wanted.isEmpty()) {
      throw ApiException.of("MissingParameter", "The request must contain the parameter iops");
    }
    int iops = wanted.orElse(minIops);
    if (iops < minIops || iops > maxIops) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Volume iops of %s is too %s; %s is %s",
          iops,
          iops < minIops ? "low" : "high",
          iops < minIops ? "minimum" : "maximum",
          iops < minIops ? minIops : maxIops);
    }
    if (iops > Math.max(minIops, iopsPerGib * size)) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Iops to volume size ratio of %s is too high; maximum is %s",
          iops / size,
          iopsPerGib);
    }
    return Optional.of(iops);
  }

  /** Returns the MiB per second that such a volume has, where that can be chosen. */
  Optional<Integer> throughput(Optional<Integer> iops, Optional<Integer> wanted) {
    if (this != GP3) {
      if (wanted.isPresent()) {
        throw ApiException.of(
            "InvalidParameterCombination",
            "The parameter throughput is not supported for %s volumes.",
            this);
      }
      return Optional.empty();
    }
    int throughput = wanted.orElse(GP3_THROUGHPUT);
    if (throughput < GP3_THROUGHPUT
        || throughput > GP3_MOST_THROUGHPUT
        || throughput * 4 > iops.orElseThrow()) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Volume throughput of %s is not between %s and %s and at most a quarter of the iops",
          throughput,
          GP3_THROUGHPUT,
          GP3_MOST_THROUGHPUT);
    }
    return Optional.of(throughput);
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
