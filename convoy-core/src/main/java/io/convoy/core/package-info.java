/**
 * Convoy's domain: the values, the SPIs that a backend implements, and {@link
 * io.convoy.core.Convoy}, through which everybody uses them.
 *
 * <p>Three answers are kept apart everywhere: <em>found</em> (a value), <em>not found</em> (an
 * empty {@link java.util.Optional} or a {@code …NotFoundException}) and <em>could not find out</em>
 * (any other {@link java.io.IOException}). The third is never turned into the second.
 */
package io.convoy.core;
