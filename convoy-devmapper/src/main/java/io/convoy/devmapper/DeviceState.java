package io.convoy.devmapper;

/**
 * What the kernel says of a device.
 *
 * @param number what the kernel calls it
 * @param openCount how many have it open; a mount is one
 */
record DeviceState(
    DeviceNumber number, int openCount, boolean suspended, boolean readOnly, boolean live) {}
