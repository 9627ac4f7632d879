package io.convoy.ebs;

import io.convoy.core.VolumeName;
import java.util.Arrays;
import java.util.Locale;

/**
 * A type of volume: what must and what may be said with it. Amazon's limits grow from year to year,
 * so how much may be asked for is left to Amazon, but for what no volume of the type ever went
 * below.
 */
enum EbsType {
  GP2(1, Iops.NONE),
  GP3(1, Iops.OPTIONAL),
  IO1(4, Iops.REQUIRED),
  IO2(4, Iops.REQUIRED),
  ST1(125, Iops.NONE),
  SC1(125, Iops.NONE),
  STANDARD(1, Iops.NONE);

  private enum Iops {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  private final int minGib;
  private final Iops iops;

  EbsType(int minGib, Iops iops) {
    this.minGib = minGib;
    this.iops = iops;
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
  void check(VolumeName name, int sizeGib, boolean withIops) {
    if (sizeGib < minGib) {
      throw new IllegalArgumentException(
          "Volume '%s': %s GiB is too small for type %s, which starts at %s GiB"
              .formatted(name, sizeGib, this, minGib));
    }
    if (iops == Iops.REQUIRED && !withIops) {
      throw new IllegalArgumentException("Volume '%s': type %s needs --iops".formatted(name, this));
    }
    if (iops == Iops.NONE && withIops) {
      throw new IllegalArgumentException(
          "Volume '%s': type %s has no --iops; gp3, io1 and io2 have".formatted(name, this));
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
