// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;

/**
 * What lockspace was found at a place.
 *
 * @param name its name
 * @param geometry its sizes
 * @param ioTimeout seconds, as recorded
 */
public record LockspaceOnDisk(Name name, Geometry geometry, int ioTimeout) {}
