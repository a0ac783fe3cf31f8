package io.managedredis.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

class PatternStringsTest {

  @Property(tries = 200)
  void aStringMatchesThePatternThatItIsMadeFrom(@ForAll("made") Tuple2<String, String> made) {
    assertThat(made.get2()).matches(made.get1());
  }

  @Provide
  Arbitrary<Tuple2<String, String>> made() {
    return Arbitraries.of(
            "^abc$",
            "^[a-z0-9][-a-z0-9]{0,49}:[0-9A-Za-z]{2,}$",
            "^(REDIS[0-9]{4}|VALKEY[0-9]{3})$",
            "^[0-9]{1,12}(\\.[0-9]{3}|\\.[0-9]{6})?s$",
            "^bytes ([0-9]{1,3}-[0-9]+|\\*)/[0-9]*$",
            "^(a|)(b)?$",
            "^[\\]\\-x]$")
        .flatMap(
            pattern -> PatternStrings.matching(pattern, 9).map(text -> Tuple.of(pattern, text)));
  }

  @Example
  void aPatternThatIsNotUnderstoodIsRefused() {
    for (String pattern :
        new String[] {
          "abc", "^\\d$", "^.$", "^[^a]$", "^a{x}$", "^(a$", "^a)$", "^a**$", "^a^b$"
        }) {
      assertThatThrownBy(() -> PatternStrings.matching(pattern, 9))
          .as(pattern)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
