package io.convoy.ebs;

import io.convoy.core.VolumeName;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * A type of volume: what must and what may be said with it. Amazon's upper limits grow from year to
 * year, so how much may be asked for is left to Amazon, but for what no volume of the type ever
 * went below.
 */
enum EbsType {
  GP2(1, Iops.NONE, 0),
  GP3(1, Iops.OPTIONAL, 3000),
  IO1(4, Iops.REQUIRED, 100),
  IO2(4, Iops.REQUIRED, 100),
  ST1(125, Iops.NONE, 0),
  SC1(125, Iops.NONE, 0),
  STANDARD(1, Iops.NONE, 0);

  private static final int MIN_THROUGHPUT_MIB = 125;

  private enum Iops {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  private final int minGib;
  private final Iops iops;
  private final int minIops;

  EbsType(int minGib, Iops iops, int minIops) {
    this.minGib = minGib;
    this.iops = iops;
    this.minIops = minIops;
  }

  static EbsType of(String name) {
    for (EbsType type : values()) {
      if (type.toString().equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "Invalid volume type '%s': expected one of %s".formatted(name, Arrays.toString(values())));
  }

  /** Throws if a volume of this type can't be asked for so. */
  void check(VolumeName name, int sizeGib, OptionalInt wantedIops, OptionalInt wantedThroughput) {
    if (sizeGib < minGib) {
      throw wrong(
          name,
          "%s GiB is too small for type %s, which starts at %s GiB"
              .formatted(sizeGib, this, minGib));
    }
    if (iops == Iops.REQUIRED && wantedIops.isEmpty()) {
      throw wrong(name, "type %s needs --iops".formatted(this));
    }
    if (iops == Iops.NONE && wantedIops.isPresent()) {
      throw wrong(name, "type %s has no --iops; gp3, io1 and io2 have".formatted(this));
    }
    if (wantedIops.isPresent() && wantedIops.getAsInt() < minIops) {
      throw wrong(
          name,
          "--iops %s is too few for type %s, which starts at %s"
              .formatted(wantedIops.getAsInt(), this, minIops));
    }
    if (wantedThroughput.isPresent() && this != GP3) {
      throw wrong(name, "type %s has no --throughput; gp3 has".formatted(this));
    }
    if (wantedThroughput.isPresent() && wantedThroughput.getAsInt() < MIN_THROUGHPUT_MIB) {
      throw wrong(
          name,
          "--throughput %s is too little for type %s, which starts at %s MiB/s"
              .formatted(wantedThroughput.getAsInt(), this, MIN_THROUGHPUT_MIB));
    }
  }

  private static IllegalArgumentException wrong(VolumeName name, String what) {
    return new IllegalArgumentException("Volume '%s': %s".formatted(name, what));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
