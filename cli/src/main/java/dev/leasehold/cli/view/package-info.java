// SPDX-License-Identifier: Apache-2.0

/**
 * {@code leasehold status}, {@code who} and {@code hosts}: what a lease directory says of leases
 * and hosts, read without joining. It takes no part in anything and changes nothing.
 */
@NullMarked
package dev.leasehold.cli.view;

import org.jspecify.annotations.NullMarked;
