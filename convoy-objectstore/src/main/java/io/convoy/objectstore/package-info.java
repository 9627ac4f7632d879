/** Incremental backups in directories and object stores. */
package io.convoy.objectstore;
