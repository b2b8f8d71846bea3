// SPDX-License-Identifier: Apache-2.0

/**
 * What people and monitoring see of a daemon: metrics for Prometheus, a status page, its data as
 * JSON. Off unless configured. Read-only: nothing here can change a lease, and nothing in the
 * product depends on it.
 */
@NullMarked
package dev.leasehold.daemon.http;

import org.jspecify.annotations.NullMarked;
