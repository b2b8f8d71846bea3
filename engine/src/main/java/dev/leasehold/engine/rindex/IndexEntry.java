// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.ondisk.Name;

/**
 * An entry of a resource index.
 *
 * @param name of the resource; empty if the entry is free
 * @param offset of its lease from the start of the device, in bytes
 */
public record IndexEntry(Name name, long offset) {}
