// SPDX-License-Identifier: Apache-2.0

/**
 * Makes what is installed: the runtime image, the file tree, the .deb and the .rpm from it, man
 * pages and completion from the commands' own descriptions. Runs in the build only; no part of the
 * product depends on it.
 */
@NullMarked
package dev.leasehold.dist;

import org.jspecify.annotations.NullMarked;
