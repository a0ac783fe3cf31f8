package io.managedredis.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.http.StatusAnswer;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import net.jqwik.api.statistics.Statistics;

/**
 * Requests that nobody thought of, to every operation that the contract declares. What fails
 * shrinks to the smallest request that does; the seed stands in the failure.
 */
@AddLifecycleHook(Bounds.class)
class FuzzTest {

  private final Contract contract = Contract.present();
  private final Calls calls = new Calls(contract);

  private static FuzzedService service() {
    return Store.getOrCreate(FuzzedService.class, Lifespan.RUN, FuzzedService::new).get();
  }

  @Provide
  Arbitrary<Call> right() {
    return calls.right();
  }

  @Provide
  Arbitrary<WrongCall> wrong() {
    return calls.wrong();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void aRightRequestIsAnsweredAsDeclared(@ForAll("right") Call call) {
    FuzzedService service = service();
    HttpResponse<String> answer = service.answer(call);

    assertThat(answer.statusCode()).as("%s", answer.body()).isLessThan(500);
    assertThat(call.operation().responses()).containsKey(answer.statusCode());
    if (answer.statusCode() == 400) {
      List<String> fields = StatusAnswer.of(answer).fields();
      assertThat(Calls.WITH_A_MEANING).as("%s", answer.body()).containsAll(fields);
      assertThat(call.arguments())
          .extracting(argument -> argument.parameter().name())
          .containsAll(fields);
    }
    Statistics.label("answers").collect(call.operation().id() + " " + answer.statusCode());
    everyOperationIsCalled(call.operation().id());
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void aRequestThatIsWrongInOneWayIsRefusedForIt(@ForAll("wrong") WrongCall call) {
    FuzzedService service = service();
    StatusAnswer answer = StatusAnswer.of(service.answerToWrong(call.request(service.values())));

    assertThat(answer.httpStatus()).as(answer.message()).isEqualTo(call.fault().status());
    assertThat(answer.code()).isEqualTo(call.fault().code());
    assertThat(String.join(", ", answer.fields())).isEqualTo(call.fault().field());
    everyOperationIsCalled(call.call().operation().id());
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void aTargetThatCanNotBeDecodedIsRefused(
      @ForAll("right") Call call, @ForAll("undecodable") String escape) throws IOException {
    FuzzedService service = service();
    Call.Request request =
        call.withHeaders(List.of()).request(service.values()).withQuery("x=" + escape);
    Exchange answer;
    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(
          request.method() + " " + request.target() + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      answer = connection.answer(request.method());
    }

    service.validate(answer);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(StatusAnswer.of(answer.status(), answer.body()).code()).isEqualTo(3);
  }

  @Provide
  Arbitrary<String> undecodable() {
    return Arbitraries.of("%", "%4", "%zz", "%%41", "%c3%28", "%ff", "%c0%af", "%ed%a0%80");
  }

  private void everyOperationIsCalled(String operation) {
    Statistics.label("operations")
        .collect(operation)
        .coverage(
            coverage ->
                contract
                    .operations()
                    .forEach(each -> coverage.check(each.id()).count(count -> count > 0)));
  }
}
