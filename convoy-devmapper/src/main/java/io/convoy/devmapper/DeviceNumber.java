package io.convoy.devmapper;

/** What the kernel calls a device, written {@code 254:3}. */
record DeviceNumber(long major, long minor) {
  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
