/** The one place where Convoy starts other programs: by argument list, never through a shell. */
package io.convoy.core.process;
