// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;

/**
 * A lockspace area to write (docs/spec/algorithms.md 2.5).
 *
 * @param name lockspace name
 * @param path existing file or block device, large enough
 * @param offset bytes, a multiple of the align size
 * @param geometry sector and align size
 * @param ioTimeout seconds to record; 0 for the engine's default
 */
public record LockspaceFormat(
    Name name, String path, long offset, Geometry geometry, int ioTimeout) {}
