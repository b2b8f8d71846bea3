// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A terminal at a file descriptor. */
public final class TerminalCalls {
  private static final NativeFunction TCGETATTR = NativeFunction.named("tcgetattr");
  private static final NativeFunction TCSETATTR = NativeFunction.named("tcsetattr");
  private static final NativeFunction IOCTL = NativeFunction.named("ioctl");

  /** The C library's struct termios, the same on x86_64 and aarch64. */
  private static final int TERMIOS = 60;

  private static final long LFLAG = 12;
  private static final long CONTROL_CHARACTERS = 17;
  private static final int VTIME = 5;
  private static final int VMIN = 6;
  private static final int ISIG = 1;
  private static final int ICANON = 2;
  private static final int ECHO = 8;
  private static final int TCSADRAIN = 1;
  private static final int TIOCGWINSZ = 0x5413;

  private TerminalCalls() {}

  /** Rows and columns; both at least 1. */
  public record Size(int rows, int columns) {}

  /** The settings of the terminal, to be given back to {@link #set}; empty if it is none. */
  public static Optional<byte[]> settings(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(TERMIOS, 8);
      return TCGETATTR.callInt(descriptor, termios.address()) < 0
          ? Optional.empty()
          : Optional.of(termios.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** Changes the settings; the negative errno if that cannot be done. */
  public static int set(int descriptor, byte[] settings) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(TERMIOS, 8);
      termios.copyFrom(MemorySegment.ofArray(settings));
      return TCSETATTR.callInt(descriptor, TCSADRAIN, termios.address());
    }
  }

  /** The same settings, but each key is read as it comes, is not shown, and sends no signal. */
  public static byte[] keyByKey(byte[] settings) {
    byte[] changed = settings.clone();
    MemorySegment termios = MemorySegment.ofArray(changed);
    int flags = termios.get(ValueLayout.JAVA_INT_UNALIGNED, LFLAG);
    termios.set(ValueLayout.JAVA_INT_UNALIGNED, LFLAG, flags & ~(ISIG | ICANON | ECHO));
    termios.set(ValueLayout.JAVA_BYTE, CONTROL_CHARACTERS + VMIN, (byte) 1);
    termios.set(ValueLayout.JAVA_BYTE, CONTROL_CHARACTERS + VTIME, (byte) 0);
    return changed;
  }

  /** How large the terminal is now; empty if it is none, or does not know. */
  public static Optional<Size> size(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment window = arena.allocate(8, 2);
      if (IOCTL.callInt(descriptor, TIOCGWINSZ, window.address()) < 0) {
        return Optional.empty();
      }
      int rows = Short.toUnsignedInt(window.get(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(window.get(ValueLayout.JAVA_SHORT, 2));
      return rows == 0 || columns == 0 ? Optional.empty() : Optional.of(new Size(rows, columns));
    }
  }
}
