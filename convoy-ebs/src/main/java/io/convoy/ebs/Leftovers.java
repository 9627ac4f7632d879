package io.convoy.ebs;

import java.io.IOException;

/** Deletes volumes that were left half made. */
interface Leftovers {
  /** Detaches a volume if it is attached here, and deletes it. */
  void destroy(EbsVolume volume) throws IOException;
}
