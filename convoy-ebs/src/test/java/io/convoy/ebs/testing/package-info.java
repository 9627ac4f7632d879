/**
 * An account at Amazon for tests: EC2's query API, the EBS direct APIs and instance metadata over
 * HTTP, with state. What is attached becomes a real loop device.
 *
 * <p>It is strict: what it does not know, or what Amazon would refuse, it refuses, with Amazon's
 * error codes. It checks who signed a request and for which region, but not the signature.
 */
package io.convoy.ebs.testing;
