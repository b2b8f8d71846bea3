// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  @Test
  void layout() {
    Json.Members object =
        new Json.Members()
            .put("text", "a")
            .put("yes", true)
            .put("none", new Json.Array(List.of()))
            .put("empty", new Json.Members())
            .putText("unknown", Optional.empty())
            .put("huge", new Json.Unsigned(-1))
            .put("list", Json.array(List.of(1L, 2L), Json.Whole::new));
    assertThat(JsonWriter.render(object))
        .isEqualTo(
            """
            {
              "text": "a",
              "yes": true,
              "none": [],
              "empty": {},
              "unknown": null,
              "huge": 18446744073709551615,
              "list": [
                1,
                2
              ]
            }\
            """);
    assertThat(TextWriter.render(object))
        .isEqualTo(
            """
            text: a
            yes: yes
            none: none
            empty:
            huge: 18446744073709551615
            list: 1 2
            """);
  }

  @Test
  void anyStringComesBackAsItWas() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(20); j > 0; j--) {
        text.append(
            switch (random.nextInt(4)) {
              case 0 -> (char) random.nextInt(0x80);
              case 1 -> (char) random.nextInt(0x10000);
              case 2 -> "\"\\/\b\n".charAt(random.nextInt(5));
              default -> (char) (0xD800 + random.nextInt(0x800));
            });
      }
      String written = JsonWriter.render(new Json.Members().put(text.toString(), text.toString()));
      assertThat(JsonReader.read(written))
          .as("seed %d", seed)
          .isEqualTo(Map.of(text.toString(), text.toString()));
    }
  }
}
