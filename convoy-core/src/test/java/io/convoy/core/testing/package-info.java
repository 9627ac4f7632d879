/** What the tests of every module share: contract suites, fakes with state, the environment. */
package io.convoy.core.testing;
