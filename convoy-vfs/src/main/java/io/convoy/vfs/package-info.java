/**
 * Volumes that are directories, on local disks or on NFS.
 *
 * <p>What is where:
 *
 * <pre>
 * vfs.path/&lt;volume&gt;/                                     the volume
 * vfs.path/config/vfs_volume_&lt;volume&gt;.json               its record: it exists because this does
 * vfs.path/config/removed/vfs_volume_&lt;volume&gt;.json       record of one deleted by reference
 * vfs.path/.convoy/volume-root.json                      proves that this is the storage, and mounted
 * vfs.path/.convoy/records.lock                          held while a record is changed
 * vfs.path/.convoy/snapshots/&lt;volume uuid&gt;/&lt;uuid&gt;/       a snapshot
 * vfs.path/.convoy/restoring-&lt;host&gt;-&lt;uuid&gt;[.json]        a restore under way, and its intent
 * vfs.path/.convoy/snapshotting-&lt;host&gt;-&lt;uuid&gt;[.json]     a snapshot coming or going, and its intent
 * vfs.path/.convoy/deleting-&lt;host&gt;-&lt;uuid&gt;[.json]         garbage, and the record of a deleted volume
 * &lt;driver root&gt;/vfs.cfg                                  the settings
 * &lt;driver root&gt;/open-&lt;uuid&gt;/                            an open snapshot of Convoy v0.5.2, unpacked
 * </pre>
 *
 * <p>The order of writes is the safety:
 *
 * <ol>
 *   <li>Restore: intent, files in {@code restoring-…}, sync, rename into place, record.
 *   <li>Snapshot: intent, files in {@code snapshotting-…}, sync, rename into place, record.
 *   <li>Deletion of a volume: its record is renamed to {@code deleting-….json} (from here on the
 *       volume is gone), then its directory to {@code deleting-…}, then both and the snapshots go.
 *   <li>Deletion of a snapshot: intent, record without it, then its files.
 * </ol>
 *
 * <p>An intent whose outcome no record mentions is undone when the driver is opened by the host
 * that wrote it; other hosts leave it alone.
 */
package io.convoy.vfs;
