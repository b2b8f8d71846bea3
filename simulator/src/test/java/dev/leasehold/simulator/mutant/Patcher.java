// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles a mutant from patched copies of the sources, and loads the simulator around it. */
final class Patcher {

  private final Path root;
  private final Path work;

  /**
   * @param root of the project
   * @param work a private directory
   */
  Patcher(Path root, Path work) {
    this.root = root;
    this.work = work;
  }

  /**
   * A mutant, ready to run.
   *
   * @param entry the way in, a service; its class of that name in the mutant's loader is taken
   */
  UnaryOperator<String> load(Mutant mutant, Class<? extends UnaryOperator<String>> entry)
      throws IOException {
    Map<Path, String> sources = new LinkedHashMap<>();
    for (Mutant.Patch patch : mutant.patches()) {
      Path file =
          root.resolve(patch.module())
              .resolve("src/main/java")
              .resolve(patch.type().replace('.', '/') + ".java");
      String source = sources.containsKey(file) ? sources.get(file) : Files.readString(file);
      sources.put(file, apply(mutant, patch, source));
    }
    Path classes = Files.createTempDirectory(work, "classes");
    compile(mutant, sources, classes);
    MutantLoader loader = new MutantLoader(classes, Patcher.class.getClassLoader());
    for (UnaryOperator<?> found : ServiceLoader.load(UnaryOperator.class, loader)) {
      if (found.getClass().getName().equals(entry.getName())) {
        @SuppressWarnings("unchecked")
        UnaryOperator<String> run = (UnaryOperator<String>) found;
        return run;
      }
    }
    throw new IllegalStateException(entry + " is not among the services");
  }

  private static String apply(Mutant mutant, Mutant.Patch patch, String source) {
    List<String> words = new ArrayList<>();
    for (String word : patch.search().strip().split("\\s+")) {
      words.add(Pattern.quote(word));
    }
    Matcher found = Pattern.compile(String.join("\\s+", words)).matcher(source);
    if (!found.find()) {
      throw new AssertionError(
          "mutant \"" + mutant + "\" does not apply to " + patch.type() + ": " + patch.search());
    }
    String mutated =
        source.substring(0, found.start()) + patch.replacement() + source.substring(found.end());
    if (found.find()) {
      throw new AssertionError(
          "mutant \"" + mutant + "\" applies more than once to " + patch.type());
    }
    return mutated;
  }

  private void compile(Mutant mutant, Map<Path, String> sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path copies = Files.createTempDirectory(work, "sources");
    List<Path> files = new ArrayList<>();
    for (Map.Entry<Path, String> source : sources.entrySet()) {
      Path copy = copies.resolve(source.getKey().getFileName());
      Files.writeString(copy, source.getValue());
      files.add(copy);
    }
    StringWriter says = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-nowarn",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString());
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  says, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
              .call();
      if (!compiled) {
        throw new AssertionError("mutant \"" + mutant + "\" does not compile: " + says);
      }
    }
  }
}
