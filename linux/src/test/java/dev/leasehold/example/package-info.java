// SPDX-License-Identifier: Apache-2.0

/** Programs that embed the engine, as docs/library.md explains them. */
@NullMarked
package dev.leasehold.example;

import org.jspecify.annotations.NullMarked;
