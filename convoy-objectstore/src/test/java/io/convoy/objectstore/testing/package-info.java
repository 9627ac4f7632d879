/** Helpers for the tests of what is kept in a backup store. */
package io.convoy.objectstore.testing;
