// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Metrics, data and page of a real engine with a lockspace and a lease. */
class HttpDoorTest {
  private static final Path SOURCES = Path.of(System.getProperty("leasehold.root"));
  private static final Pattern NAME = Pattern.compile("leasehold_[a-z_]+");
  private static final String SIGNED = "3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm1.examp";
  private static final AtomicReference<String> FAULTS = new AtomicReference<>("");

  private static Path directory;
  private static LeaseManager manager;
  private static EventLog events;
  private static HttpDoor door;
  private static LeaseSession session;

  @BeforeAll
  static void start() throws Exception {
    directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "http-");
    LinuxPorts ports =
        new LinuxPorts((task, failure) -> FAULTS.set(task + failure), Privileges.asWeAre());
    manager =
        ports.engine(
            EngineConfig.of(Name.ofOwner(SIGNED)).withNodeName("kvm1.example").withIoTimeout(1),
            new NoWatchdog());
    events = new EventLog(ports.clock(), (level, line) -> {});
    manager.addListener(events);
    door =
        new HttpDoor(
            ListenAddress.parse("127.0.0.1:0"),
            manager,
            ports.clock(),
            ports.io(),
            events,
            "1.2.3");
    door.start();
    String area = directory.resolve("ls").toString();
    Name name = Name.of("__LIBVIRT__DISKS__");
    manager.createLockspace(new LockspaceFormat(name, area, 0, Geometry.SECTOR_512, 0));
    manager.addLockspace(
        LockspaceSpec.of(name.toString(), 1, area),
        JoinOptions.DEFAULT.withOnLoss(JoinOptions.OnLoss.TELL_THEN_KILL));
    session = manager.session(HolderLabel.guest("web1", Optional.empty()));
    for (String disk : List.of("web1", "data")) {
      session.acquire(
          LeaseRequest.of(
                  ResourceLocation.of(
                      ResourceId.of(name.toString(), disk),
                      DiskLocation.of(directory.resolve(disk).toString())),
                  HoldMode.EXCLUSIVE)
              .creating(CreatePolicy.DEFAULT)
              .forDisk("/srv/vm/<b>" + disk + ".qcow2"));
    }
  }

  @AfterAll
  static void end() throws Exception {
    if (session != null) {
      session.close();
    }
    if (door != null) {
      door.close();
    }
    manager.close();
    assertThat(FAULTS.get()).isEmpty();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static HttpURLConnection open(String path, String method) throws Exception {
    var address = door.listening();
    var connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + address.getPort() + path).toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setReadTimeout(20_000);
    return connection;
  }

  private static String get(String path) throws Exception {
    HttpURLConnection connection = open(path, "GET");
    assertThat(connection.getResponseCode()).isEqualTo(200);
    return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void metricsSayWhatIs() throws Exception {
    String space = "{lockspace=\"__LIBVIRT__DISKS__\"";
    String metrics = get("/metrics");
    assertThat(metrics)
        .contains("leasehold_info{host=\"kvm1.example\",version=\"1.2.3\"} 1\n")
        .contains("leasehold_lockspace_joined" + space + "} 1.0\n")
        .contains("leasehold_leases_held" + space + ",mode=\"exclusive\"} 2.0\n")
        .contains("leasehold_hosts" + space + ",state=\"live\"} 1.0\n")
        .contains("leasehold_acquires_total{reason=\"granted\"} 2.0\n")
        .contains("leasehold_acquire_seconds_count 2\n")
        .contains("leasehold_events_total{event=\"lockspace_joined\"} 1.0\n")
        .contains(
            "leasehold_io_total{kind=\"device\",operation=\"read\",outcome=\"unknown\"} 0.0\n")
        .containsPattern(
            "leasehold_io_total\\{kind=\"file\",operation=\"write\",outcome=\"done\"} [1-9]")
        .contains("leasehold_watchdog_protects 0.0\n");
    Matcher remaining =
        Pattern.compile("leasehold_lease_remaining_seconds\\S+ (\\S+)").matcher(metrics);
    assertThat(remaining.find()).isTrue();
    assertThat(Double.parseDouble(remaining.group(1))).isBetween(1.0, 8.0);
  }

  @Test
  void everyMetricIsDocumentedAndUsedNamesExist() throws Exception {
    TreeSet<String> real = new TreeSet<>();
    get("/metrics")
        .lines()
        .filter(line -> line.startsWith("# TYPE "))
        .forEach(line -> real.add(line.split(" ")[2]));
    real.add("leasehold_renewals_total");
    String document = Files.readString(SOURCES.resolve("docs/metrics.md"));
    TreeSet<String> documented = new TreeSet<>();
    document
        .lines()
        .filter(line -> line.startsWith("| `leasehold_"))
        .forEach(line -> documented.add(line.substring(3, line.indexOf('`', 3))));
    assertThat(documented).isEqualTo(real);
    for (String file : List.of("leasehold-dashboard.json", "leasehold-alerts.yml")) {
      String text = Files.readString(SOURCES.resolve("dist/src/main/packaging/monitoring/" + file));
      Matcher used = NAME.matcher(text);
      while (used.find()) {
        String name = used.group().replaceAll("_(bucket|count|sum)$", "");
        assertThat(real).as(file).contains(name);
      }
    }
  }

  /** What Prometheus itself says of our output, and of the rules that are shipped. */
  @Test
  void prometheusAcceptsOutputAndRules() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/promtool")), "needs the program promtool");
    Path metrics = Files.writeString(directory.resolve("metrics"), get("/metrics"));
    assertThat(promtool(metrics, "check", "metrics")).isEmpty();
    Path rules = SOURCES.resolve("dist/src/main/packaging/monitoring/leasehold-alerts.yml");
    assertThat(promtool(metrics, "check", "rules", rules.toString())).contains("SUCCESS");
  }

  /** When the shipped rules fire, and when not yet. */
  @Test
  void alertsFireWhenTheyShould() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/promtool")), "needs the program promtool");
    String rules = "leasehold-alerts.yml";
    String text =
        Files.readString(SOURCES.resolve("dist/src/main/packaging/monitoring").resolve(rules));
    Files.writeString(directory.resolve(rules), text);
    Path cases = directory.resolve("leasehold-alerts-test.yml");
    try (var in = HttpDoorTest.class.getResourceAsStream("leasehold-alerts-test.yml")) {
      Files.write(cases, java.util.Objects.requireNonNull(in).readAllBytes());
    }
    assertThat(promtool(cases, "test", "rules", cases.toString())).contains("SUCCESS");
    Matcher names = Pattern.compile("- alert: (\\w+)").matcher(text);
    while (names.find()) {
      assertThat(cases).content().contains("alertname: " + names.group(1));
    }
  }

  private static String promtool(Path input, String... words) throws Exception {
    List<String> line = new java.util.ArrayList<>(List.of("/usr/bin/promtool"));
    line.addAll(List.of(words));
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectInput(input.toFile()).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void liveDataComesByItself() throws Exception {
    HttpURLConnection connection = open("/live", "GET");
    try (var in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      String first = in.readLine();
      assertThat(first)
          .startsWith("data: {\"host\":\"kvm1.example\"")
          .contains("\\u003cb>web1", "\"watchdog_armed\":0")
          .contains("\"level\":\"info\"", "\"facts\":{\"host_id\":1,\"generation\":1}");
      assertThat(in.readLine()).isEmpty();
      assertThat(in.readLine()).startsWith("data: {");
    }
  }

  @Test
  void hostsHaveTheNamesThatPeopleGiveThem() throws Exception {
    assertThat(get("/status.json"))
        .startsWith("{\"host\":\"kvm1.example\"")
        .contains("{\"host_id\":1,\"name\":\"kvm1.example\",\"raw_name\":\"" + SIGNED + "\"");
  }

  @Test
  void nothingCanBeChanged() throws Exception {
    assertThat(open("/status.json", "POST").getResponseCode()).isEqualTo(405);
    assertThat(open("/nowhere", "GET").getResponseCode()).isEqualTo(404);
    assertThat(open("/", "HEAD").getResponseCode()).isEqualTo(200);
  }

  @Test
  void thePageNeedsNothingFromOutside() throws Exception {
    String page = get("/");
    assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:");
    assertThat(open("/", "GET").getHeaderField("Content-Security-Policy")).contains("'none'");
  }

  @Test
  void aLocalSocketServesTheSame() throws Exception {
    Path socket = directory.resolve("m.sock");
    LinuxPorts ports = new LinuxPorts((task, failure) -> {}, Privileges.asWeAre());
    for (int round = 0; round < 2; round++) {
      HttpDoor local =
          new HttpDoor(
              ListenAddress.parse("unix:" + socket),
              manager,
              ports.clock(),
              ports.io(),
              events,
              "1.2.3");
      local.start();
      assertThat(ask(socket, "GET /metrics HTTP/1.1"))
          .startsWith("HTTP/1.1 200 ")
          .contains("leasehold_lockspace_joined");
      assertThat(ask(socket, "GET / HTTP/1.0")).contains("<!doctype html", "kvm1.example");
      assertThat(ask(socket, "GET /nowhere HTTP/1.1")).startsWith("HTTP/1.1 404 ");
      assertThat(ask(socket, "POST / HTTP/1.1")).startsWith("HTTP/1.1 405 ");
      assertThat(ask(socket, "HEAD / HTTP/1.1")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
      assertThat(ask(socket, "nonsense")).isEmpty();
      assertThat(
              java.nio.file.attribute.PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-rw----");
      HttpDoor second =
          new HttpDoor(
              ListenAddress.parse("unix:" + socket),
              manager,
              ports.clock(),
              ports.io(),
              events,
              "1.2.3");
      assertThatThrownBy(second::start).hasMessageContaining("somebody listens at");
      second.close();
      local.close();
      assertThat(socket).doesNotExist();
      if (round == 0) { // what a killed daemon leaves
        try (var left =
            java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
          left.bind(java.net.UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
      }
    }
  }

  private static String ask(Path socket, String request) throws Exception {
    try (var channel =
        java.nio.channels.SocketChannel.open(java.net.UnixDomainSocketAddress.of(socket))) {
      channel.write(
          java.nio.ByteBuffer.wrap((request + "\r\n\r\n").getBytes(StandardCharsets.UTF_8)));
      return new String(
          java.nio.channels.Channels.newInputStream(channel).readAllBytes(),
          StandardCharsets.UTF_8);
    }
  }

  @Test
  void addressesAreRead() {
    assertThat(ListenAddress.parse("unix:/run/x").socket()).contains(Path.of("/run/x"));
    assertThat(ListenAddress.parse("9760")).isEqualTo(new ListenAddress("", 9760));
    assertThat(ListenAddress.parse("[::1]:80")).isEqualTo(new ListenAddress("::1", 80));
    assertThatThrownBy(() -> ListenAddress.parse("host:port"))
        .hasMessageContaining("expected HOST:PORT")
        .extracting(e -> e.getClass().getSimpleName().toLowerCase(Locale.ROOT))
        .isEqualTo("illegalargumentexception");
  }
}
