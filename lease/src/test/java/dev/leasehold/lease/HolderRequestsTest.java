// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.ondisk.RequestRecord;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests to a holder (docs/spec/algorithms.md 3.9; docs/spec/ondisk.md 6.3). */
class HolderRequestsTest {
  private final Bench bench = new Bench();
  private final HolderRequests requests =
      new HolderRequests(
          Host.RESOURCE,
          new LeaseDisk(bench.host.store(), 0),
          Geometry.SECTOR_512,
          bench.host.environment());

  @BeforeEach
  void ownedByHost2() {
    bench.owned(2, 1, 5);
  }

  private RequestRecord onDisk() {
    return RequestRecord.decode(bench.disk.bytes(), 512);
  }

  private void onDisk(RequestRecord record) {
    record.encodeSector(bench.disk.bytes(), 512, 512);
  }

  private ErrorCode fault(long lver, boolean next, int mode) {
    return catchThrowableOfType(LeaseException.class, () -> requests.request(lver, next, mode))
        .code();
  }

  @Test
  void asksForTheNextVersion() throws Exception {
    assertThat(requests.request(0, true, RequestRecord.GRACEFUL))
        .isEqualTo(new HolderRequests.Outcome.Written(2, 6));
    assertThat(onDisk()).isEqualTo(RequestRecord.request(6, RequestRecord.GRACEFUL));
    assertThat(Golden.trace(bench.host.store().trace()).stream().map(s -> s.substring(0, 3)))
        .containsExactly("R 0", "R 1", "W 1");
  }

  @Test
  void writesWhatTheRealProgramWrites() throws Exception {
    MemDisk golden = Golden.disk("res_request.hex");
    RequestRecord expected = RequestRecord.decode(golden.bytes(), 512);
    // The vector is of RES4 at version 1.
    bench.owned(2, 1, 1);
    bench.leader(l -> l.resourceName(Name.of("RES4")));
    new HolderRequests(
            Name.of("RES4"),
            new LeaseDisk(bench.host.store(), 0),
            Geometry.SECTOR_512,
            bench.host.environment())
        .request(0, true, RequestRecord.GRACEFUL);
    assertThat(onDisk()).isEqualTo(expected);
  }

  @Test
  void leavesAFreeLeaseAlone() throws Exception {
    bench.leader(l -> l.timestamp(0));
    assertThat(requests.request(0, true, RequestRecord.FORCE))
        .isEqualTo(new HolderRequests.Outcome.Free());
    assertThat(bench.host.store().trace()).noneMatch(Op::write);
  }

  @Test
  void refusesAVersionThatIsNotAhead() {
    assertThat(fault(5, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.REQUEST_OLD);
    assertThat(fault(4, true, RequestRecord.FORCE)).isEqualTo(ErrorCode.REQUEST_OLD);
    assertThat(fault(0, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.REQUEST_OLD);
  }

  @Test
  void yieldsToAHigherRequestButNotToAnEqualOne() throws Exception {
    onDisk(RequestRecord.request(7, RequestRecord.FORCE));
    assertThat(fault(6, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.REQUEST_LVER);
    requests.request(7, false, RequestRecord.GRACEFUL);
    assertThat(onDisk().forceMode()).isEqualTo(RequestRecord.GRACEFUL);
  }

  @Test
  void erases() throws Exception {
    onDisk(RequestRecord.request(7, RequestRecord.FORCE));
    // Also where the leader could not be used.
    bench.leader(l -> l.magic(0));
    assertThat(requests.request(0, false, RequestRecord.NONE))
        .isEqualTo(new HolderRequests.Outcome.Cleared());
    assertThat(onDisk()).isEqualTo(RequestRecord.fresh());
  }

  @Test
  void refusesWhatIsNotARequestRecord() {
    onDisk(new RequestRecord(1, RequestRecord.VERSION, 0, 0));
    assertThat(fault(6, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.REQUEST_MAGIC);
    assertThat(fault(0, false, RequestRecord.NONE)).isEqualTo(ErrorCode.REQUEST_MAGIC);
    onDisk(new RequestRecord(RequestRecord.MAGIC, 0x00020001, 0, 0));
    assertThat(fault(6, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.REQUEST_VERSION);
    assertThat(bench.host.store().trace()).noneMatch(Op::write);
  }

  @Test
  void refusesABadLeader() {
    bench.leader(l -> l.resourceName(Name.of("X")));
    assertThat(fault(6, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.LEADER_RESOURCE);
  }

  @Test
  void writesNothingWithoutAValidHostLease() {
    bench.host.invalidate();
    assertThat(fault(6, false, RequestRecord.FORCE)).isEqualTo(ErrorCode.ENOSPC);
    assertThat(bench.host.store().trace()).noneMatch(Op::write);
  }

  @Test
  void findsOnlyRequestsThatConcernTheHolder() throws Exception {
    assertThat(requests.examine(5)).isEmpty();
    RequestRecord asks = RequestRecord.request(6, RequestRecord.FORCE);
    onDisk(asks);
    assertThat(requests.examine(5)).contains(asks);
    assertThat(requests.examine(6)).isEmpty();
    for (RequestRecord idle :
        List.of(
            RequestRecord.request(6, RequestRecord.NONE),
            RequestRecord.request(0, RequestRecord.FORCE),
            new RequestRecord(1, RequestRecord.VERSION, 6, 1),
            new RequestRecord(RequestRecord.MAGIC, 0x00020000, 6, 1))) {
      onDisk(idle);
      assertThat(requests.examine(5)).isEmpty();
    }
  }
}
