// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import java.io.Serial;

/** The chain of an image cannot be told; the message names the image. */
public final class ImageException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** With the message. */
  public ImageException(String image, String message) {
    super("image " + image + ": " + message);
  }
}
