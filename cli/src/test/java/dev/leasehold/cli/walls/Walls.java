// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.walls;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The rules of {@code docs/design.md}, "The house", as ArchUnit rules. */
final class Walls {
  private Walls() {}

  private static final String OURS = "dev.leasehold.";

  /** Which modules a module may use, beside itself. Later modules are added here. */
  private static final Map<String, List<String>> MAY_USE =
      Map.of(
          "ondisk", List.of(),
          "storage", List.of("ondisk"),
          "lease", List.of("ondisk", "storage"),
          "engine", List.of("ondisk", "storage", "lease"),
          "linux", List.of("ondisk", "storage", "lease", "engine"),
          "sanlock", List.of("ondisk", "storage", "lease", "engine", "linux"),
          "daemon", List.of("ondisk", "storage", "lease", "engine", "linux", "sanlock", "libvirt"),
          "simulator", List.of("ondisk", "storage", "lease", "engine"),
          "libvirt", List.of("ondisk", "storage", "lease", "engine", "linux"),
          "cli",
              List.of(
                  "ondisk",
                  "storage",
                  "lease",
                  "engine",
                  "linux",
                  "sanlock",
                  "libvirt",
                  "daemon",
                  "simulator"));

  static List<String> modules() {
    return MAY_USE.keySet().stream().sorted().toList();
  }

  static ArchRule module(String module) {
    String[] allowed =
        MAY_USE.get(module).stream().map(name -> OURS + name + "..").toArray(String[]::new);
    DescribedPredicate<JavaClass> foreignModule =
        resideInAPackage(OURS + ".")
            .and(DescribedPredicate.not(resideInAPackage(OURS + module + "..")))
            .and(DescribedPredicate.not(resideInAnyPackage(allowed)))
            .as("modules other than %s", MAY_USE.get(module));
    return noClasses()
        .that()
        .resideInAPackage(OURS + module + "..")
        .should()
        .dependOnClassesThat(foreignModule)
        .because("a module imports only modules above it");
  }

  /** So that a whole cluster can run in one thread under a seeded scheduler. */
  static final ArchRule ONLY_PORTS_TYPES =
      noClasses()
          .that()
          .resideInAnyPackage("dev.leasehold.lease..", "dev.leasehold.engine..")
          .should()
          .dependOnClassesThat(named("the outside world", Walls::outsideWorld))
          .because("clock, sleep, random number, thread, file and process come through ports");

  /** The same for single methods of types that are harmless otherwise. */
  static final ArchRule ONLY_PORTS_CALLS =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.leasehold.ondisk..", "dev.leasehold.lease..", "dev.leasehold.engine..")
          .should()
          .accessTargetWhere(
              new DescribedPredicate<JavaAccess<?>>("a real clock, wait or random number") {
                @Override
                public boolean test(JavaAccess<?> access) {
                  return refusedCall(
                      access.getTargetOwner(), access.getName(), access.getTarget().getFullName());
                }
              })
          .because("clock, sleep and random number come through ports");

  static final ArchRule ONDISK_IS_PURE =
      classes()
          .that()
          .resideInAPackage("dev.leasehold.ondisk..")
          .should()
          .onlyDependOnClassesThat(named("pure values and bytes", Walls::pure))
          .because("ondisk is pure functions: no input or output, no threads, no clock");

  static final ArchRule ONLY_LINUX_IS_NATIVE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.leasehold.linux..")
          .should()
          .dependOnClassesThat(
              named(
                  "native calls",
                  type ->
                      type.getName().startsWith("java.lang.foreign.Linker")
                          || type.getName().equals("java.lang.foreign.SymbolLookup")))
          .because("linux is the only module that makes native calls");

  /** So that any Java program can talk to any sanlock daemon, without native access. */
  static final ArchRule SANLOCK_CLIENT_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.leasehold.sanlock.wire..",
              "dev.leasehold.sanlock.text..",
              "dev.leasehold.sanlock.client..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "dev.leasehold.sanlock.server..",
                  "dev.leasehold.storage..",
                  "dev.leasehold.lease..",
                  "dev.leasehold.engine..",
                  "dev.leasehold.linux.."))
          .because("the sanlock client needs the records and nothing else");

  private static final Set<String> OUTSIDE_WORLD =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.time.Clock",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.Scanner",
          "java.util.Timer",
          "java.util.TimerTask");

  /** What neither waits for a time nor starts a thread. */
  private static final Set<String> HARMLESS_CONCURRENCY =
      Set.of(
          "java.util.concurrent.Callable",
          "java.util.concurrent.ConcurrentHashMap",
          "java.util.concurrent.ConcurrentLinkedDeque",
          "java.util.concurrent.ConcurrentLinkedQueue",
          "java.util.concurrent.ConcurrentMap",
          "java.util.concurrent.ConcurrentSkipListMap",
          "java.util.concurrent.ConcurrentSkipListSet",
          "java.util.concurrent.CopyOnWriteArrayList",
          "java.util.concurrent.CopyOnWriteArraySet",
          "java.util.concurrent.locks.Lock",
          "java.util.concurrent.locks.ReadWriteLock",
          "java.util.concurrent.locks.ReentrantLock",
          "java.util.concurrent.locks.ReentrantReadWriteLock");

  private static final Set<String> HARMLESS_SYSTEM =
      Set.of("arraycopy", "identityHashCode", "lineSeparator", "getLogger");

  private static boolean outsideWorld(JavaClass type) {
    return inPackage(type, "java.nio.file")
        || inPackage(type, "java.nio.channels")
        || inPackage(type, "java.net")
        || inPackage(type, "java.security")
        || inPackage(type, "sun.misc")
        || inPackage(type, "jdk")
        || refusedIo(type)
        || refusedConcurrency(type)
        || OUTSIDE_WORLD.contains(type.getName());
  }

  private static boolean refusedConcurrency(JavaClass type) {
    return inPackage(type, "java.util.concurrent")
        && !inPackage(type, "java.util.concurrent.atomic")
        && !HARMLESS_CONCURRENCY.contains(outermost(type));
  }

  /** Streams and files are refused; the exceptions and the serialisation marks are only types. */
  private static boolean refusedIo(JavaClass type) {
    return inPackage(type, "java.io")
        && !type.getSimpleName().endsWith("Exception")
        && !type.getSimpleName().startsWith("Serial");
  }

  private static boolean refusedCall(JavaClass owner, String member, String fullName) {
    return switch (owner.getName()) {
      case "java.lang.System" -> !HARMLESS_SYSTEM.contains(member);
      case "java.lang.Math", "java.lang.StrictMath" -> member.equals("random");
      case "java.lang.Object" -> member.equals("wait");
      case "java.time.ZoneId" -> member.equals("systemDefault");
      case "java.util.UUID" -> member.equals("randomUUID");
      case "java.util.Collections" -> fullName.endsWith("shuffle(java.util.List)");
      case "java.util.random.RandomGenerator" -> member.equals("of") || member.equals("getDefault");
      default ->
          member.equals("now") && inPackage(owner, "java.time")
              || inPackage(owner, "java.util.concurrent.locks")
                  && (member.equals("newCondition")
                      || member.equals("tryLock") && fullName.contains("TimeUnit"));
    };
  }

  private static boolean pure(JavaClass type) {
    if (type.isPrimitive() || type.isArray() && pure(type.getBaseComponentType())) {
      return true;
    }
    String name = type.getName();
    if (OUTSIDE_WORLD.contains(name)
        || refusedIo(type)
        || name.equals("java.lang.foreign.Linker")) {
      return false;
    }
    return inPackage(type, "dev.leasehold.ondisk")
        || inPackage(type, "org.jspecify.annotations")
        || type.getPackageName().equals("java.io")
        || type.getPackageName().equals("java.lang")
        || type.getPackageName().equals("java.lang.annotation")
        || type.getPackageName().equals("java.lang.foreign")
        || type.getPackageName().equals("java.lang.invoke")
        || type.getPackageName().equals("java.lang.runtime")
        || type.getPackageName().equals("java.math")
        || type.getPackageName().equals("java.nio")
        || type.getPackageName().equals("java.nio.charset")
        || inPackage(type, "java.time")
        || type.getPackageName().equals("java.util")
        || type.getPackageName().equals("java.util.function")
        || type.getPackageName().equals("java.util.stream")
        || type.getPackageName().equals("java.util.zip");
  }

  private static boolean inPackage(JavaClass type, String root) {
    String name = type.getPackageName();
    return name.equals(root) || name.startsWith(root + ".");
  }

  private static String outermost(JavaClass type) {
    String name = type.getName();
    int inner = name.indexOf('$');
    return inner < 0 ? name : name.substring(0, inner);
  }

  private static DescribedPredicate<JavaClass> named(String name, Predicate<JavaClass> test) {
    return DescribedPredicate.describe(name, test);
  }
}
