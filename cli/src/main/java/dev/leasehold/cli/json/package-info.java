// SPDX-License-Identifier: Apache-2.0

/** Writing JSON (RFC 8259). It knows nothing of leases, and it does not read JSON. */
@NullMarked
package dev.leasehold.cli.json;

import org.jspecify.annotations.NullMarked;
