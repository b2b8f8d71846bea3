// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a client asked and what it was told, in terms that are the same for every daemon. */
final class Transcript {
  private final Path dir;
  private final List<String> lines = new ArrayList<>();

  Transcript(Path dir) {
    this.dir = dir;
  }

  /** Asks, and returns what is worth comparing. */
  interface Question {
    Object ask() throws IOException, SanlockException;
  }

  /** Asks something whose answer is only that it was done. */
  interface Errand {
    void run() throws IOException, SanlockException;
  }

  void ask(String what, Question question) throws IOException {
    String answer;
    try {
      answer = String.valueOf(question.ask());
    } catch (SanlockException e) {
      answer = Integer.toString(e.number());
    }
    add(what + ": " + answer);
  }

  void run(String what, Errand errand) throws IOException {
    ask(
        what,
        () -> {
          errand.run();
          return "done";
        });
  }

  /** Notes something as it is, but for the directory. */
  void add(String line) {
    lines.add(line.replace(dir.toString(), "DIR"));
  }

  List<String> lines() {
    return lines;
  }
}
