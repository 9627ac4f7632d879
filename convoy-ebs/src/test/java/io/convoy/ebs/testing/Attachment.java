package io.convoy.ebs.testing;

import java.time.Instant;

/** A volume's attachment to an instance. */
record Attachment(String instanceId, String device, String state, Instant time) {
  Attachment withState(String other) {
    return new Attachment(instanceId, device, other, time);
  }
}
