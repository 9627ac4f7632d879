package io.convoy.ebs.testing;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What never changes of a snapshot, and how it changed. */
record CloudSnapshot(
    String id,
    String volumeId,
    int size,
    Instant startTime,
    boolean encrypted,
    Optional<String> kmsKeyId,
    String description,
    Path image,
    Timeline<SnapshotView> timeline) {}
