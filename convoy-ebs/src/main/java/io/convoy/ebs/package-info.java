/** Volumes in Amazon EBS. */
package io.convoy.ebs;
