// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import java.math.BigInteger;
import java.util.Optional;

/** Numbers as the C library reads them: what follows the digits is ignored. */
public final class CNumbers {
  private static final BigInteger MAX_SIGNED = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MIN_SIGNED = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
  private static final int MAX_DIGITS = 100;

  private CNumbers() {}

  /** A number before it is fitted into 64 bits. */
  private record Parsed(boolean negative, BigInteger magnitude) {}

  /** Like atoll: decimal, 0 without digits, saturated. */
  public static long atoll(String text) {
    Optional<Parsed> parsed = parse(text, 10);
    if (parsed.isEmpty()) {
      return 0;
    }
    BigInteger value = signed(parsed.get());
    return value.min(MAX_SIGNED).max(MIN_SIGNED).longValue();
  }

  /** Like sscanf with %llu: decimal, empty without digits, saturated; a minus sign wraps around. */
  static Optional<Long> unsigned(String text) {
    return parse(text, 10).map(CNumbers::wrapped);
  }

  /** Like strtoull with base 0: 0x and 0 prefixes, 0 without digits. */
  public static long strtoull(String text) {
    return parse(text, 0).map(CNumbers::wrapped).orElse(0L);
  }

  private static BigInteger signed(Parsed parsed) {
    return parsed.negative ? parsed.magnitude.negate() : parsed.magnitude;
  }

  private static long wrapped(Parsed parsed) {
    boolean fits = parsed.magnitude.compareTo(MAX_UNSIGNED) <= 0;
    return fits ? signed(parsed).longValue() : -1L;
  }

  private static Optional<Parsed> parse(String text, int base) {
    int at = 0;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    boolean negative = at < text.length() && text.charAt(at) == '-';
    if (negative || (at < text.length() && text.charAt(at) == '+')) {
      at++;
    }
    int radix = base == 0 ? radix(text, at) : base;
    int start = radix == 16 ? at + 2 : at;
    int end = start;
    while (end < text.length() && isDigit(text.charAt(end), radix)) {
      end++;
    }
    if (end == start) {
      return Optional.empty();
    }
    // So many digits saturate in any case.
    String digits = text.substring(start, Math.min(end, start + MAX_DIGITS));
    return Optional.of(new Parsed(negative, new BigInteger(digits, radix)));
  }

  private static int radix(String text, int at) {
    if (!text.startsWith("0", at)) {
      return 10;
    }
    boolean hex =
        (text.startsWith("0x", at) || text.startsWith("0X", at))
            && at + 2 < text.length()
            && isDigit(text.charAt(at + 2), 16);
    return hex ? 16 : 8;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(char c, int radix) {
    return c < 0x80 && Character.digit(c, radix) >= 0;
  }
}
