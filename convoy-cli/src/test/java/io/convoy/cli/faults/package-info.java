/** The daemon among many clients and in a hostile world. */
package io.convoy.cli.faults;
