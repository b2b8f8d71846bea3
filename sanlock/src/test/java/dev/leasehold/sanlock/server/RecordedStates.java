// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import dev.leasehold.sanlock.wire.WireState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares streams of state records, with the fields named that depend on host and moment. */
final class RecordedStates {
  private RecordedStates() {}

  /** Words whose values are accidental: ids, descriptors, process numbers, times, versions. */
  private static final Set<String> ACCIDENTAL =
      Set.of(
          "gid",
          "uid",
          "helper_pid",
          "helper_kill_fd",
          "helper_last_status",
          "monotime",
          "fd",
          "pid",
          "cmd_last",
          "suspend",
          "last_check",
          "last_live",
          "timestamp",
          "read_ms",
          "write_ms",
          "acquire_last_attempt",
          "acquire_last_success",
          "renewal_last_attempt",
          "renewal_last_success",
          "reused",
          "res_id",
          "token_id");

  /** The same records in the same order, field by field. */
  static void assertAlike(Replay.Exchange exchange) {
    assertThat(exchange.actual().header()).isEqualTo(exchange.expected().header());
    List<WireState> actual = states(exchange.actual().body());
    List<WireState> expected = states(exchange.expected().body());
    assertThat(normal(actual)).isEqualTo(normal(expected));
  }

  /** Records of the same form; how many there are depends on the moment. */
  static void assertRenewals(Replay.Exchange exchange) {
    assertThat(exchange.actual().header()).isEqualTo(exchange.expected().header());
    List<WireState> actual = states(exchange.actual().body());
    WireState form = states(exchange.expected().body()).getFirst();
    assertThat(actual).isNotEmpty();
    for (WireState state : actual) {
      assertThat(normal(state)).isEqualTo(normal(form));
      assertThat(state.words()).containsEntry("timestamp", Long.toString(state.data64()));
    }
    // The first one is the join, which took no time.
    assertThat(actual.getFirst().words()).containsEntry("read_ms", "0");
    assertThat(actual.getFirst().words()).containsEntry("write_ms", "0");
  }

  private static List<WireState> states(ReplyBody body) {
    return ((ReplyBody.States) body).states();
  }

  private static List<Map<String, Object>> normal(List<WireState> states) {
    List<Map<String, Object>> all = new ArrayList<>();
    states.forEach(state -> all.add(normal(state)));
    return all;
  }

  private static Map<String, Object> normal(WireState state) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", state.type());
    fields.put("flags", state.flags());
    boolean process = state.type() == WireState.CLIENT || state.type() == WireState.RESOURCE;
    fields.put("data32", process ? state.data32() == -1 : state.data32());
    boolean time = state.type() == WireState.HOST || state.type() == WireState.RENEWAL;
    fields.put("data64", time ? state.data64() > 0 : state.data64());
    fields.put("name", state.name());
    Map<String, String> words = new LinkedHashMap<>(state.words());
    words.replaceAll((word, value) -> ACCIDENTAL.contains(word) ? "" : value);
    // The order of the words is part of the format.
    fields.put("words", List.copyOf(words.entrySet()));
    fields.put("lockspace", state.lockspace().map(RecordedStates::normal));
    fields.put("resource", state.resource().map(RecordedStates::normal));
    return fields;
  }

  /** The original puts numbers of descriptors into the padding of disks. */
  private static WireLockspace normal(WireLockspace lockspace) {
    return new WireLockspace(
        lockspace.name(), lockspace.hostId(), lockspace.flags(), normal(lockspace.disk()));
  }

  private static WireResource normal(WireResource resource) {
    List<WireDisk> disks = resource.disks().stream().map(RecordedStates::normal).toList();
    return WireResource.of(resource.lockspace(), resource.name(), disks)
        .withFlags(resource.flags())
        .withLver(resource.lver());
  }

  private static WireDisk normal(WireDisk disk) {
    return new WireDisk(disk.path(), disk.offset(), 0, 0);
  }
}
