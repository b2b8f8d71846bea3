// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.regex.Pattern;

/** Refusals of the engine as a person at {@code virsh} should read them. */
final class Refusals {
  /** {@code (EROFS, read-only file system): mount …}. */
  private static final Pattern OF_STORAGE = Pattern.compile("\\(E[A-Z0-9]+, [^)]*\\): \\w");

  private Refusals() {}

  /** A refused acquisition. */
  static LeaseFailure of(Refusal refusal) {
    if (isBusy(refusal.code())) {
      return new LeaseFailure(LeaseFailure.Kind.BUSY, refusal.message());
    }
    return LeaseFailure.unavailable(withRemedy(refusal.message(), refusal.code()));
  }

  /** A refused conversion or registration, of that thing. */
  static LeaseFailure of(String subject, LeaseException e) {
    return isBusy(e.code())
        ? new LeaseFailure(LeaseFailure.Kind.BUSY, words(subject, e), e)
        : unavailable(subject, e);
  }

  /** Something that cannot be had, whoever uses it. */
  static LeaseFailure unavailable(String subject, LeaseException e) {
    return new LeaseFailure(
        LeaseFailure.Kind.UNAVAILABLE, withRemedy(words(subject, e), e.code()), e);
  }

  private static String words(String subject, LeaseException e) {
    return subject + ": " + (e.detail().isEmpty() ? e.code().sentence() : e.detail());
  }

  /** What the storage says of a file has its remedy in it; other words get the code's. */
  private static String withRemedy(String words, ErrorCode code) {
    boolean said = words.contains(";") || OF_STORAGE.matcher(words).find();
    return said ? words : words + "; " + asPart(code.remedy());
  }

  /** A sentence of its own, as the end of another one. */
  private static String asPart(String sentence) {
    String text = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
    return word ? Character.toLowerCase(text.charAt(0)) + text.substring(1) : text;
  }

  private static boolean isBusy(ErrorCode code) {
    return code.isInUse() || code == ErrorCode.EUCLEAN;
  }
}
