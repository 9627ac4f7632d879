/** Volumes in a device-mapper thin pool. */
package io.convoy.devmapper;
