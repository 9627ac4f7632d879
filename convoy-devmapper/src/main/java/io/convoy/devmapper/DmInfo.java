package io.convoy.devmapper;

import jnr.ffi.Runtime;
import jnr.ffi.Struct;

/** struct dm_info of libdevmapper.h. */
final class DmInfo extends Struct {
  private static final int SPARE_BYTES = 80;

  final Signed32 exists = new Signed32();
  final Signed32 suspended = new Signed32();
  final Signed32 liveTable = new Signed32();
  final Signed32 inactiveTable = new Signed32();
  final Signed32 openCount = new Signed32();
  final Unsigned32 eventNumber = new Unsigned32();
  final Unsigned32 major = new Unsigned32();
  final Unsigned32 minor = new Unsigned32();
  final Signed32 readOnly = new Signed32();
  final Signed32 targetCount = new Signed32();
  final Signed32 deferredRemove = new Signed32();
  final Signed32 internalSuspend = new Signed32();

  /** The library fills in its own idea of the struct, which may have grown. */
  final Padding spare = new Padding(jnr.ffi.NativeType.SCHAR, SPARE_BYTES);

  DmInfo(Runtime runtime) {
    super(runtime);
  }
}
