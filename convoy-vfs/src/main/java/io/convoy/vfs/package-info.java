/** Volumes that are directories, on local disks or on NFS. */
package io.convoy.vfs;
