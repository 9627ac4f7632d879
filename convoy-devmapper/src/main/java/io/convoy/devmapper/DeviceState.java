package io.convoy.devmapper;

/**
 * What the kernel says of a device.
 *
 * @param number what the kernel calls it
 * @param uuid what its maker calls it, beside its name; empty if nothing
 * @param openCount how many have it open; a mount is one
 * @param live whether it shows something: a device is made first, and told what to show then
 */
record DeviceState(
    DeviceNumber number,
    String uuid,
    int openCount,
    boolean suspended,
    boolean readOnly,
    boolean live) {

  /** Returns whether whoever made the device of that UUID was killed before it showed anything. */
  boolean isHalfMade(String wanted) {
    return !live && uuid.equals(wanted);
  }
}
