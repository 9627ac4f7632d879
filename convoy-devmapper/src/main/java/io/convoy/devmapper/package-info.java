/**
 * Volumes that are thin devices of one device-mapper pool.
 *
 * <p>Native code has one room: {@code LibDevmapper} (signatures), {@code DmTask} (one command),
 * {@code DmInfo} (a struct). Everything else knows {@code DeviceMapper} alone, which tests fake.
 *
 * <p>The order of writes is the safety. For each change:
 *
 * <ol>
 *   <li>the last thin id given out, and the pool's next transaction id ({@code devicemapper.cfg});
 *   <li>the volume's record, which says <em>creating</em> or <em>deleting</em> or <em>growing</em>
 *       ({@code devicemapper_volume_NAME.json});
 *   <li>the message to the pool, then {@code set_transaction_id};
 *   <li>the device under /dev/mapper, its file system or restored content, fsync;
 *   <li>the volume's record again, which says that it is ready, or goes.
 * </ol>
 *
 * <p>When the driver is opened, what a record says is <em>creating</em> is undone and what is
 * <em>deleting</em> or <em>growing</em> is finished, devices of snapshots that were being read are
 * removed, held metadata is released, a volume that stands still goes on, and all volumes get their
 * devices. Thin devices that no record names are told of and left alone.
 *
 * <p>What is deleted with its data kept has its record renamed into the trash, and back when it is
 * restored: at any moment one place alone says what the thin devices are.
 */
package io.convoy.devmapper;
