package io.convoy.ebs.testing;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What never changes of a volume, and how it changed. */
record CloudVolume(
    String id,
    String zone,
    Instant createTime,
    boolean encrypted,
    Optional<String> kmsKeyId,
    Optional<String> snapshotId,
    Path image,
    Timeline<VolumeView> timeline) {}
