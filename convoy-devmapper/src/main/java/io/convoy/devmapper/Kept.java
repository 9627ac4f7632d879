package io.convoy.devmapper;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * What is recorded of a deleted volume whose data is kept.
 *
 * @param usedBytes what the volume's thin device had blocks for, if that was known
 */
record Kept(Instant deletedTime, OptionalLong usedBytes) {}
