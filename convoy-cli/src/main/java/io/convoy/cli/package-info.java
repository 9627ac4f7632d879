/** The {@code convoy} command. */
package io.convoy.cli;
