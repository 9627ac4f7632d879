/**
 * Incremental backups in directories and object stores.
 *
 * <p>The tree of keys, below the destination (a volume's name under four letters is padded with
 * {@code !}; see {@link io.convoy.objectstore.BackupLayout}):
 *
 * <pre>
 * convoy-objectstore/volumes/vo/l1/vol1/volume.cfg                   the volume, JSON
 *                                      /backups/backup_NAME.cfg      a backup's header, JSON
 *                                      /maps/NAME.map                its blocks
 *                                      /pending/backup_NAME.cfg      a header to be published
 *                                      /blocks/3f/a0/3fa0….blk       a block, named by its content
 *                                      /damaged/3fa0…                a block that is damaged
 *                                      /BackupFiles/NAME.bak         v0.5.2: a whole tree, tar.gz
 *                                      /locks/N.lock                 who is writing
 *                                            /TOKEN.beat             that it lives
 *                                            /TOKEN.released         that it has ended
 * </pre>
 *
 * <p>A backup is made in this order, under the volume's lock:
 *
 * <ol>
 *   <li>{@code volume.cfg}, if there is none;
 *   <li>its blocks, those that are not there yet;
 *   <li>everything so far is put on stable storage, and the store is asked whether the lock still
 *       holds;
 *   <li>the map;
 *   <li>the header below {@code pending/}, and the store is asked for the lock once more: from now
 *       on, whoever sweeps publishes the backup if its writer does not;
 *   <li>the header: now the backup exists;
 *   <li>{@code volume.cfg}, to name the last backup.
 * </ol>
 *
 * <p>It is deleted in this order: what waits of it; the header, now the backup is gone; then, under
 * the lock, what no other backup needs. Every header and map is read before anything is deleted,
 * and keys are deleted by their names, never by prefix.
 */
package io.convoy.objectstore;
