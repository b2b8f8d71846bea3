// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.ErrorCode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why an acquire command got nothing: the first resource, in request order, that could not be had.
 *
 * @param code what clients of the sanlock socket see
 * @param index position of that resource in the request; empty when the command itself was refused
 * @param lease that resource's request
 * @param message a sentence for people, naming the culprit where one is known
 * @param culprit who holds the lease, as far as it could be found out
 */
public record Refusal(
    ErrorCode code,
    OptionalInt index,
    Optional<LeaseRequest> lease,
    String message,
    Optional<Holding> culprit) {}
