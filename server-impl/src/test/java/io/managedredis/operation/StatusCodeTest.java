package io.managedredis.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StatusCodeTest {
  @Test
  void theCodesAreThoseOfTheContract() {
    String all =
        Arrays.stream(StatusCode.values())
            .map(code -> code.number() + " " + code + " " + code.httpStatus())
            .collect(Collectors.joining(" · "));

    assertThat(all)
        .isEqualTo(
            "1 CANCELLED 499 · 2 UNKNOWN 500 · 3 INVALID_ARGUMENT 400 · 4 DEADLINE_EXCEEDED 504 ·"
                + " 5 NOT_FOUND 404 · 6 ALREADY_EXISTS 409 · 7 PERMISSION_DENIED 403 ·"
                + " 8 RESOURCE_EXHAUSTED 429 · 9 FAILED_PRECONDITION 400 · 10 ABORTED 409 ·"
                + " 11 OUT_OF_RANGE 400 · 12 UNIMPLEMENTED 501 · 13 INTERNAL 500 ·"
                + " 14 UNAVAILABLE 503 · 15 DATA_LOSS 500 · 16 UNAUTHENTICATED 401");
  }

  @Test
  void aNumberOutsideTheCodesHasNone() {
    assertThat(StatusCode.ofNumber(16)).contains(StatusCode.UNAUTHENTICATED);
    assertThat(StatusCode.ofNumber(0)).isEmpty();
    assertThat(StatusCode.ofNumber(17)).isEmpty();
  }
}
