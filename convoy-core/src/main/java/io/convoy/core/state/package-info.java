/** Small files that survive a crash at any point: whole and old, or whole and new. */
package io.convoy.core.state;
