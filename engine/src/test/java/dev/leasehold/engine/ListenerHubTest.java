// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.fake.FakeTime;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerHubTest {

  private static final Name LS = Name.of("LS");

  /** Writes down what it hears; may be slow or broken. */
  private static final class Ear implements LeaseListener {
    private final List<String> heard = new ArrayList<>();
    private final Runnable first;

    Ear(Runnable first) {
      this.first = first;
    }

    @Override
    public void renewed(Name lockspace, long timestamp) {
      heard.add("renewed " + timestamp);
      first.run();
    }

    @Override
    public void lost(Name lockspace, LossReason reason, String words) {
      heard.add("lost");
    }

    @Override
    public void note(String words) {
      heard.add("note " + words);
    }
  }

  @Test
  void callsComeInOrderAndASlowListenerDelaysNobody() throws Exception {
    FakeTime time = new FakeTime(3);
    time.run(
        () -> {
          ListenerHub hub = new ListenerHub(time);
          Ear slow = new Ear(() -> time.sleep(Duration.ofSeconds(100)));
          Ear quick = new Ear(() -> {});
          hub.add(slow);
          hub.add(quick);
          for (long i = 1; i <= 3; i++) {
            long timestamp = i;
            hub.tell(listener -> listener.renewed(LS, timestamp));
          }
          time.sleep(Duration.ofSeconds(1));
          assertThat(quick.heard).containsExactly("renewed 1", "renewed 2", "renewed 3");
          assertThat(slow.heard).containsExactly("renewed 1");
          hub.remove(quick);
          hub.tell(listener -> listener.lost(LS, LossReason.EXPIRED, ""));
          time.sleep(Duration.ofSeconds(400));
          assertThat(slow.heard).containsExactly("renewed 1", "renewed 2", "renewed 3", "lost");
          assertThat(quick.heard).hasSize(3);
          return true;
        });
  }

  @Test
  void aListenerThatThrowsStillHearsWhatFollows() throws Exception {
    FakeTime time = new FakeTime(3);
    time.run(
        () -> {
          ListenerHub hub = new ListenerHub(time);
          Ear broken =
              new Ear(
                  () -> {
                    throw new IllegalStateException("broken");
                  });
          Ear other = new Ear(() -> {});
          hub.add(broken);
          hub.add(other);
          hub.tell(listener -> listener.renewed(LS, 1));
          hub.tell(listener -> listener.lost(LS, LossReason.EXPIRED, ""));
          time.sleep(Duration.ofSeconds(1));
          assertThat(broken.heard).containsExactly("renewed 1", "lost");
          assertThat(other.heard).contains("renewed 1", "lost");
          assertThat(other.heard).anyMatch(line -> line.startsWith("note a listener failed"));
          return true;
        });
  }

  @Test
  void theNewestCallsAreKeptForAListenerThatIsTooSlow() throws Exception {
    FakeTime time = new FakeTime(3);
    time.run(
        () -> {
          ListenerHub hub = new ListenerHub(time);
          Ear slow = new Ear(() -> time.sleep(Duration.ofSeconds(1)));
          hub.add(slow);
          for (int i = 0; i < ListenerHub.QUEUE + 10; i++) {
            hub.tell(listener -> listener.renewed(LS, 1));
          }
          hub.tell(listener -> listener.lost(LS, LossReason.EXPIRED, ""));
          time.sleep(Duration.ofHours(1));
          assertThat(slow.heard).last().isEqualTo("lost");
          assertThat(slow.heard).anyMatch(line -> line.contains("dropped"));
          return true;
        });
  }
}
