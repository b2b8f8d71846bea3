// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.ondisk.Name;

/**
 * Where a resource index is.
 *
 * @param lockspace which lockspace it belongs to
 * @param path file or block device
 * @param offset bytes from its start
 */
public record IndexPlace(Name lockspace, String path, long offset) {}
