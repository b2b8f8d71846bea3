// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.disk.DiskMode;
import dev.leasehold.engine.port.Processes.ProcessId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunRecordTextTest {
  static final RunRecord RUN =
      new RunRecord(
          "boot-1",
          3,
          4026531836L,
          new ProcessId(4242, 99),
          "kvm1.0123456789ab",
          "/srv/leases",
          7,
          3,
          10,
          1_700_000_000,
          RunRecord.Phase.HELD,
          Optional.of(new ProcessId(4300, 100)),
          "sh -c 'echo \\n a'\nb",
          List.of(
              new RunRecord.HeldDisk(DiskMode.EXCLUSIVE, "/a b"),
              new RunRecord.HeldDisk(DiskMode.SHARED, "/c")));

  @Test
  void comesBackAsItWas() {
    assertThat(RunRecordText.decode(RunRecordText.encode(RUN))).contains(RUN);
    RunRecord joining = RUN.claiming(9);
    assertThat(RunRecordText.decode(RunRecordText.encode(joining))).contains(joining);
  }

  @Test
  void whatIsNotWholeIsNotBelieved() {
    String text = RunRecordText.encode(RUN);
    for (int length = 0; length < text.length() - 1; length++) {
      assertThat(RunRecordText.decode(text.substring(0, length))).isEmpty();
    }
    assertThat(RunRecordText.decode(text.replace("leasehold-run 1", "leasehold-run 2"))).isEmpty();
    assertThat(RunRecordText.decode(text.replace("host-id 7", "host-id x"))).isEmpty();
    assertThat(RunRecordText.decode(text.replace("phase HELD", "phase SLEEPING"))).isEmpty();
    assertThat(RunRecordText.decode(text.replace("owner ", "owner a\nowner "))).isEmpty();
  }
}
