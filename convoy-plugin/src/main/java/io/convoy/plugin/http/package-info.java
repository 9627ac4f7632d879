/**
 * HTTP/1.1 over unix sockets: HttpCore's blocking protocol code on jnr's channels, a thread for
 * each connection. Knows nothing of volumes.
 */
package io.convoy.plugin.http;
