package io.convoy.ebs;

/**
 * That a volume is, or is about to be, attached to an instance.
 *
 * @param device the name that the attachment was given, such as {@code /dev/sdf}; the kernel may
 *     have another one
 * @param state attaching, attached, detaching, busy
 */
record EbsAttachment(String instanceId, String device, String state) {}
