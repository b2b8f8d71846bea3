// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.List;

/** What a key takes. */
public sealed interface KeyType {

  /** 0 or 1. */
  record Bool() implements KeyType {}

  /** A whole number from {@code least} to {@code most}. */
  record Whole(long least, long most) implements KeyType {}

  /** A whole number, or a word in quotes. */
  record WholeOr(long least, long most, String word) implements KeyType {}

  /** Any string. */
  record Text() implements KeyType {}

  /** The absolute path of a directory, file or socket. */
  record AbsolutePath() implements KeyType {}

  /** One of some words. */
  record Choice(List<String> words) implements KeyType {
    /** Copies the list. */
    public Choice {
      words = List.copyOf(words);
    }
  }

  /** What is accepted, for messages and tables. */
  default String accepted() {
    return switch (this) {
      case Bool _ -> "0 or 1";
      case Whole whole -> "a number from " + whole.least() + " to " + whole.most();
      case WholeOr or ->
          "a number from " + or.least() + " to " + or.most() + ", or \"" + or.word() + "\"";
      case Text _ -> "a string";
      case AbsolutePath _ -> "an absolute path";
      case Choice choice -> "\"" + String.join("\", \"", choice.words()) + "\"";
    };
  }
}
