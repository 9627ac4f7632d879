/** The daemon: Convoy's REST API and Docker's volume plugin API over unix sockets. */
package io.convoy.plugin;
